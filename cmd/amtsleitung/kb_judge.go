package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"

	"github.com/spf13/cobra"

	"github.com/amtsleitung/amtsleitung/config"
	"github.com/amtsleitung/amtsleitung/knowledge"
)

// judging are the flags of `kb test`.
type judging struct {
	unseen, calibrate, calls bool
	conversations            callsTest
}

func newKBTest() *cobra.Command {
	var j judging
	cmd := &cobra.Command{
		Use:   "test [PATH]",
		Short: "Judge the search by the city's questions (dev/*.jsonl), held out, or whole calls with --calls",
		Args:  arguments(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			c := config.Demo()
			if len(args) == 1 {
				c.City = args[0]
			}
			if j.calibrate && demoCity(c) {
				return usagef("kb test --calibrate: name the city's folder, into which search.json is written")
			}
			if j.calls {
				return j.conversations.run(cmd.Context(), cmd.OutOrStdout(), c)
			}
			e := newEngines(c, slog.Default(), nil)
			defer e.Close()
			return j.run(cmd.Context(), e, cmd.OutOrStdout())
		},
	}
	cmd.Flags().BoolVar(&j.unseen, "unseen", false, "judge by unseen/*.jsonl instead, questions that nothing is learned from; totals only")
	cmd.Flags().BoolVar(&j.calibrate, "calibrate", false, "keep the weights learned from dev/*.jsonl as search.json of the city")
	cmd.Flags().BoolVar(&j.calls, "calls", false, "play the city's conversations (conversations/*.yaml) as calls")
	cmd.MarkFlagsMutuallyExclusive("unseen", "calibrate", "calls")
	j.conversations.register(cmd)
	return cmd
}

func (j judging) run(ctx context.Context, e *engines, out io.Writer) error {
	c := e.config
	base, err := e.knowledge(ctx)
	if err != nil {
		return err
	}
	t := knowledge.Thresholds{Answer: c.Knowledge.Answer, Clarify: c.Knowledge.Clarify}
	if j.unseen {
		return judgeUnseen(ctx, base, c, t, out)
	}
	questions, err := knowledge.LoadQuestions(cityFiles(c))
	if err != nil {
		return err
	}
	model, reports, err := base.Calibrate(ctx, questions, t)
	if err != nil {
		return err
	}
	for _, r := range reports {
		fmt.Fprintln(out, r.String())
	}
	if !j.calibrate {
		return nil
	}
	if err := model.Keep(c.City); err != nil {
		return err
	}
	fmt.Fprintf(out, "weights kept in %s/search.json\n", c.City)
	return nil
}

func judgeUnseen(ctx context.Context, base *knowledge.Base, c config.Config, t knowledge.Thresholds, out io.Writer) error {
	questions, err := knowledge.LoadUnseen(cityFiles(c))
	if err != nil {
		return err
	}
	r, err := base.Unseen(ctx, questions, t)
	if err == nil {
		fmt.Fprintln(out, r.Figures())
	}
	return err
}

func newKBWarm() *cobra.Command {
	return &cobra.Command{
		Use:   "warm [PATH]",
		Short: "Embed what is new in a city's articles, so that the next start is quick",
		Args:  arguments(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			c := config.Demo()
			if len(args) == 1 {
				c.City = args[0]
			}
			e := newEngines(c, slog.Default(), nil)
			defer e.Close()
			base, err := e.knowledge(cmd.Context())
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s: %d articles are ready to be searched\n", base.City().Name, len(base.Articles()))
			return nil
		},
	}
}
