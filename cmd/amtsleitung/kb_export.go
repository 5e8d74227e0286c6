package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/amtsleitung/amtsleitung/knowledge/editing"
	"github.com/amtsleitung/amtsleitung/knowledge/imports"
)

func newKBExport() *cobra.Command {
	var k kbTarget
	var drafts bool
	cmd := &cobra.Command{
		Use:   "export PATH",
		Short: "Write the published articles: JSON lines to FILE.jsonl or -, else a folder; either imports again to the byte",
		Args:  arguments(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			versions, err := k.versions(cmd.Context(), drafts)
			if err != nil {
				return err
			}
			if args[0] == "-" {
				return editing.ExportLines(cmd.OutOrStdout(), versions)
			}
			if err := export(args[0], versions); err != nil {
				return err
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "%d articles are in %s\n", len(versions), args[0])
			return nil
		},
	}
	k.register(cmd)
	cmd.Flags().BoolVar(&drafts, "drafts", false, "the newest version of each article instead of the published one")
	return cmd
}

func export(path string, versions []editing.Version) error {
	if strings.HasSuffix(path, ".jsonl") {
		var b bytes.Buffer
		if err := editing.ExportLines(&b, versions); err != nil {
			return err
		}
		tmp := path + ".tmp"
		if err := os.WriteFile(tmp, b.Bytes(), 0o644); err != nil {
			return err
		}
		return os.Rename(tmp, path)
	}
	files := map[string]string{}
	for _, v := range versions {
		for name, text := range editing.Paths(v) {
			files[name] = text
		}
	}
	return writeFolder(path, files)
}

// versions are what is to be exported: of a folder what it holds, of the
// database what is published, or the newest.
func (k *kbTarget) versions(ctx context.Context, drafts bool) (out []editing.Version, err error) {
	city, data, err := k.files()
	if err != nil {
		return nil, err
	}
	if _, missing := os.Stat(filepath.Join(data, "amtsleitung.db")); k.folder != "" || missing != nil {
		r, err := imports.ReadFolder(k.folder, city)
		if err != nil {
			return nil, err
		}
		for _, n := range r.Notes {
			if n.Level == imports.Broken {
				return nil, errors.New(n.String())
			}
		}
		for _, d := range r.Drafts {
			out = append(out, editing.Version{Article: d.ID, Folder: d.Folder, Files: d.Files})
		}
		return out, nil
	}
	l, end, err := k.library(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, end()) }()
	if drafts {
		return l.Newest(ctx)
	}
	return l.Published(ctx)
}
