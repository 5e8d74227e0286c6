package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/spf13/cobra"

	"github.com/amtsleitung/amtsleitung/translate"
)

// longestLine of `translate`, in bytes.
const longestLine = 1 << 20

func newTranslate() *cobra.Command {
	var city cityFlags
	var from, to string
	cmd := &cobra.Command{
		Use:   "translate --from A --to B",
		Short: "Translate the lines of standard input",
		Args:  arguments(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if from == "" || to == "" {
				return usagef("translate: --from and --to are needed, as language tags like en and pt")
			}
			c, err := city.load()
			if err != nil {
				return err
			}
			e := newEngines(c, slog.Default(), nil)
			defer e.Close()
			t, err := e.renderer()
			if err != nil {
				return err
			}
			if t == nil {
				return errors.New("translate: the configuration says `translation.engines: []`")
			}
			if !t.Translates(from, to) {
				return translate.NoPair(from, to)
			}
			return translateLines(cmd.Context(), t, from, to, cmd.InOrStdin(), cmd.OutOrStdout())
		},
	}
	city.register(cmd)
	cmd.Flags().StringVar(&from, "from", "", "language of the lines")
	cmd.Flags().StringVar(&to, "to", "", "language wanted")
	return cmd
}

func translateLines(ctx context.Context, t translate.Translator, from, to string, in io.Reader, out io.Writer) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, longestLine)
	for n := 1; lines.Scan(); n++ {
		translated, err := t.Translate(ctx, lines.Text(), from, to)
		if err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
		if _, err := fmt.Fprintln(out, translated); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("read standard input: %w", err)
	}
	return nil
}
