package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/amtsleitung/amtsleitung/dialog/form"
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
		Short: "Name every problem of a city's articles, forms and streets",
		Args:  arguments(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if _, err := os.Stat(args[0]); err != nil {
				return usagef("kb check: %w", err)
			}
			var problems []string
			for _, p := range knowledge.Check(args[0], time.Now()) {
				problems = append(problems, p.Error())
			}
			problems = append(problems, formProblems(args[0])...)
			for _, p := range problems {
				fmt.Fprintln(cmd.OutOrStdout(), p)
			}
			if len(problems) > 0 {
				return fmt.Errorf("%s: %d problems", args[0], len(problems))
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s: all articles and forms are in order\n", args[0])
			return nil
		},
	})
	return cmd
}

// formProblems names every fault of the city's forms and list of streets, one
// a line.
func formProblems(dir string) []string {
	city := os.DirFS(dir)
	_, err := form.Load(city)
	_, streets := form.LoadStreets(city)
	if err = errors.Join(err, streets); err == nil {
		return nil
	}
	return strings.Split(err.Error(), "\n")
}
