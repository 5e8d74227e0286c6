package main

import (
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/amtsleitung/amtsleitung/knowledge"
)

func newKB() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "kb",
		Short: "Look after the knowledge base",
		Args:  arguments(cobra.NoArgs),
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newKBTest(), newKBWarm(), newKBImport(), newKBExport(), newKBPassword(), &cobra.Command{
		Use:   "check PATH",
		Short: "Name every problem of a city's articles with file and line",
		Args:  arguments(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if _, err := os.Stat(args[0]); err != nil {
				return usagef("kb check: %w", err)
			}
			problems := knowledge.Check(args[0], time.Now())
			for _, p := range problems {
				fmt.Fprintln(cmd.OutOrStdout(), p.Error())
			}
			if len(problems) > 0 {
				return fmt.Errorf("%s: %d problems", args[0], len(problems))
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s: all articles are in order\n", args[0])
			return nil
		},
	})
	return cmd
}
