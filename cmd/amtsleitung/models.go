package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/amtsleitung/amtsleitung/models"
)

func newModels() *cobra.Command {
	var dir, hub string
	cmd := &cobra.Command{
		Use:   "models",
		Short: "List, fetch and verify model files",
		Args:  arguments(cobra.NoArgs),
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.PersistentFlags().StringVar(&dir, "dir", models.DefaultDir(), "folder of the model files")
	fetch := &cobra.Command{
		Use:   "fetch [NAME]...",
		Short: "Fetch models; without names all that the demo city needs",
		RunE: func(cmd *cobra.Command, names []string) error {
			f := models.Fetcher{Dir: dir, Hub: hub, Progress: func(line string) { fmt.Fprintln(cmd.ErrOrStderr(), line) }}
			return f.Fetch(cmd.Context(), orDefaults(names)...)
		},
	}
	fetch.Flags().StringVar(&hub, "hub", "", "base address of a model hub to try before the packages")
	cmd.AddCommand(fetch,
		&cobra.Command{
			Use:   "list",
			Short: "Show each model with its licence and state",
			Args:  arguments(cobra.NoArgs),
			RunE:  func(cmd *cobra.Command, _ []string) error { return listModels(cmd.OutOrStdout(), dir) },
		},
		&cobra.Command{
			Use:   "verify [NAME]...",
			Short: "Compare the files with their checksums",
			RunE: func(cmd *cobra.Command, names []string) error {
				names = orDefaults(names)
				if err := models.Verify(dir, names...); err != nil {
					return err
				}
				fmt.Fprintf(cmd.OutOrStdout(), "%d models are whole in %s\n", len(names), dir)
				return nil
			},
		})
	return cmd
}

func orDefaults(names []string) []string {
	if len(names) == 0 {
		return models.Defaults()
	}
	return names
}

func listModels(w io.Writer, dir string) error {
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "NAME\tSTATE\tMB\tLICENCE\tUSE")
	for _, m := range models.Manifest() {
		state := "present"
		if err := models.Verify(dir, m.Name); err != nil {
			state = "absent"
			if m.Default {
				state = "MISSING"
			}
		}
		var size int64
		for _, f := range m.Files {
			size += f.Size
		}
		fmt.Fprintf(t, "%s\t%s\t%.1f\t%s\t%s\n", m.Name, state, float64(size)/1e6, m.Licence, m.Use)
	}
	return t.Flush()
}
