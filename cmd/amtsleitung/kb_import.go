package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/amtsleitung/amtsleitung/knowledge"
	"github.com/amtsleitung/amtsleitung/knowledge/editing"
	"github.com/amtsleitung/amtsleitung/knowledge/imports"
	"github.com/amtsleitung/amtsleitung/store"
	"github.com/amtsleitung/amtsleitung/web/session"
)

// kbTarget is where drafts go and articles come from: the database of the
// configuration, or a city's folder.
type kbTarget struct {
	city   cityFlags
	folder string
	data   string
}

func (k *kbTarget) register(cmd *cobra.Command) {
	k.city.register(cmd)
	cmd.Flags().StringVar(&k.folder, "city", "", "a city's folder instead of the database")
	cmd.Flags().StringVar(&k.data, "data", "", "folder of the database")
	cmd.MarkFlagsMutuallyExclusive("city", "data")
}

// files are those of the city that the target belongs to.
func (k *kbTarget) files() (fs.FS, string, error) {
	c, err := k.city.load()
	if err != nil {
		return nil, "", err
	}
	if k.data != "" {
		c.Data = k.data
	}
	if k.folder != "" {
		c.City = k.folder
	}
	return cityFiles(c), c.Data, nil
}

// library opens the database; end closes it.
func (k *kbTarget) library(ctx context.Context) (l *editing.Library, end func() error, err error) {
	city, data, err := k.files()
	if err != nil {
		return nil, nil, err
	}
	s, err := store.Open(ctx, data, time.Now)
	if err != nil {
		return nil, nil, err
	}
	if l, err = editing.Open(ctx, editing.Options{Store: s, City: city, Log: slog.New(slog.DiscardHandler)}); err != nil {
		return nil, nil, errors.Join(err, s.Close())
	}
	return l, s.Close, nil
}

type kbImport struct {
	kbTarget
	options imports.Options
	json    bool
}

func newKBImport() *cobra.Command {
	var k kbImport
	cmd := &cobra.Command{
		Use:   "import PATH...",
		Short: "Make drafts of what the city has already written (XZuFi, CSV, XLSX, JSON lines, HTML, Markdown, a city's folder)",
		Args:  arguments(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, path := range args {
				if _, err := os.Stat(path); err != nil {
					return usagef("kb import: %w", err)
				}
			}
			return k.run(cmd.Context(), cmd.OutOrStdout(), args)
		},
	}
	k.register(cmd)
	cmd.Flags().StringVar(&k.options.Format, "format", "auto", strings.Join(imports.Formats(), ", "))
	cmd.Flags().StringVar(&k.options.Language, "language", "de", "language of texts that do not say theirs")
	cmd.Flags().BoolVar(&k.json, "json", false, "print the report as JSON lines")
	return cmd
}

func (k *kbImport) run(ctx context.Context, out io.Writer, paths []string) error {
	city, _, err := k.files()
	if err != nil {
		return err
	}
	k.options.Departments = departmentNames(city)
	var all imports.Result
	for _, path := range paths {
		r, err := readPath(ctx, path, k.options)
		if err != nil {
			return usageError{err}
		}
		all.Add(r)
	}
	k.print(out, all.Notes)
	if all.Failed() {
		return errors.New("kb import: nothing was imported; mend what is reported as broken")
	}
	return k.keep(ctx, out, all.Drafts, filepath.Base(paths[0]))
}

func (k *kbImport) print(out io.Writer, notes []imports.Note) {
	w := bufio.NewWriter(out)
	defer func() { _ = w.Flush() }()
	e := json.NewEncoder(w)
	for _, n := range notes {
		if k.json {
			_ = e.Encode(n) // plain values into a buffer
			continue
		}
		fmt.Fprintln(w, n)
	}
}

// keep puts all drafts into the database or a folder, or none.
func (k *kbImport) keep(ctx context.Context, out io.Writer, drafts []imports.Draft, name string) error {
	if k.folder != "" {
		to, err := writeDrafts(k.folder, name, drafts, time.Now())
		if err == nil && !k.json {
			fmt.Fprintf(out, "%d drafts are in %s; move those you have reviewed to %s\n", len(drafts), to, filepath.Join(k.folder, "articles"))
		}
		return err
	}
	l, end, err := k.library(ctx)
	if err != nil {
		return err
	}
	n, err := l.Import(ctx, userName(), "import "+name, drafts)
	if err := errors.Join(err, end()); err != nil {
		return err
	}
	if !k.json {
		fmt.Fprintf(out, "%d new drafts, %d changed, %d the same as before; review them at /admin/wissen\n", n.New, n.Changed, n.Same)
	}
	return nil
}

// readPath reads a file, or a folder: a city's, or one of files.
func readPath(ctx context.Context, path string, o imports.Options) (imports.Result, error) {
	info, err := os.Stat(path)
	if err != nil {
		return imports.Result{}, err
	}
	if !info.IsDir() {
		f, err := os.Open(path)
		if err != nil {
			return imports.Result{}, err
		}
		defer f.Close()
		return imports.Read(ctx, path, f, o)
	}
	r, err := imports.ReadFolder(path, os.DirFS(path))
	if err != nil || len(r.Drafts) > 0 {
		return r, err
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return imports.Result{}, err
	}
	r = imports.Result{}
	for _, e := range entries {
		if e.IsDir() || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		one, err := readPath(ctx, filepath.Join(path, e.Name()), o)
		if err != nil {
			return r, err
		}
		r.Add(one)
	}
	return r, nil
}

// departmentNames finds departments by what they are called in any language.
func departmentNames(city fs.FS) map[string]string {
	c, _ := knowledge.LoadCity(city) // a folder that is broken has no departments
	out := map[string]string{}
	for id, d := range c.Departments {
		for _, name := range d.Name {
			out[name] = id
		}
	}
	return out
}

// userName is who changes things from the command line.
func userName() string {
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username
	}
	return "kb"
}

// writeDrafts makes a folder of drafts beside a city's articles, whole or not at all.
func writeDrafts(city, name string, drafts []imports.Draft, now time.Time) (string, error) {
	to := filepath.Join(city, "drafts", imports.Slug(name)+"-"+now.Format("20060102-150405"))
	files := map[string]string{}
	for _, d := range drafts {
		own, err := d.Render()
		if err != nil {
			return "", err
		}
		for name, text := range own {
			files[filepath.Join(d.ID, name)] = text
		}
	}
	return to, writeFolder(to, files)
}

// writeFolder makes a new folder with these files, whole or not at all.
func writeFolder(to string, files map[string]string) (err error) {
	if _, err := os.Stat(to); err == nil {
		return usagef("%s is there already; name a new folder", to)
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	tmp, err := os.MkdirTemp(filepath.Dir(to), ".new-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.RemoveAll(tmp)
		}
	}()
	for name, text := range files {
		file := filepath.Join(tmp, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			return err
		}
	}
	if err := os.Chmod(tmp, 0o755); err != nil {
		return err
	}
	return os.Rename(tmp, to)
}

func newKBPassword() *cobra.Command {
	return &cobra.Command{
		Use:   "password",
		Short: "Make the hash of a password, read from standard input, for admin.users of the configuration",
		Args:  arguments(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			line, err := bufio.NewReader(io.LimitReader(cmd.InOrStdin(), 1<<12)).ReadString('\n')
			if err != nil && !errors.Is(err, io.EOF) {
				return fmt.Errorf("kb password: %w", err)
			}
			hash, err := session.Hash(strings.TrimRight(line, "\r\n"))
			if err != nil {
				return usagef("kb password: %w", err)
			}
			fmt.Fprintln(cmd.OutOrStdout(), hash)
			return nil
		},
	}
}
