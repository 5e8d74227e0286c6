package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/amtsleitung/amtsleitung/crisis"
	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/inference"
)

// openCrisis reads the switch of the data folder.
func (s *service) openCrisis() (err error) {
	s.crisis, err = crisis.Open(crisis.Options{
		Data: s.config.Data, Log: s.log, Now: time.Now,
		Known: func(id string) bool { _, ok := s.base.Article(id); return ok },
	})
	return err
}

// newSurge counts the calls of the journal.
func (s *service) newSurge() *crisis.Surge {
	return &crisis.Surge{Calls: s.journal.Active, Most: s.config.Surge.Calls, Wait: s.config.Surge.Wait, Now: time.Now}
}

// waited tells both who count and who shorten.
func (s *service) waited(p inference.Priority, d time.Duration) {
	s.metrics.Waited(p, d)
	s.surge.Waited(p, d)
}

// inCrisis lets a conversation say what everybody must hear.
func (s *service) inCrisis(o *dialog.Options) {
	o.Announcement = func(language string) dialog.Announcement {
		a := s.crisis.Say(language)
		return dialog.Announcement{ID: a.ID, Text: a.Text, Language: a.Language}
	}
	o.Busy = s.surge.Busy
	o.Search = crisis.First{Searcher: o.Search, Articles: s.crisis.Articles}
}

// commandLine is where the events of this command come from.
const commandLine = "command line"

// crisisCommand works on the ledger of the data folder, which a running
// service follows within a second.
type crisisCommand struct {
	city   cityFlags
	data   string
	reason string
	json   bool
}

func newCrisis() *cobra.Command {
	var k crisisCommand
	cmd := &cobra.Command{
		Use:   "crisis",
		Short: "Switch an announcement on that every caller hears first",
		Args:  arguments(cobra.NoArgs),
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	on := &cobra.Command{
		Use:   "on FILE",
		Short: "Switch on what FILE says (YAML or JSON, - is standard input): texts, from, until, articles, author, reviewer",
		Args:  arguments(cobra.ExactArgs(1)),
		RunE:  func(cmd *cobra.Command, args []string) error { return k.on(cmd, args[0]) },
	}
	on.Flags().StringVar(&k.reason, "now", "", "why it cannot wait for a second person; kept for the audit")
	off := &cobra.Command{
		Use:   "off",
		Short: "End the announcement",
		Args:  arguments(cobra.NoArgs),
		RunE:  func(cmd *cobra.Command, _ []string) error { return k.off(cmd) },
	}
	off.Flags().StringVar(&k.reason, "reason", "", "kept for the audit")
	status := &cobra.Command{
		Use:   "status",
		Short: "Show what is on, and who did what",
		Args:  arguments(cobra.NoArgs),
		RunE:  func(cmd *cobra.Command, _ []string) error { return k.status(cmd.OutOrStdout()) },
	}
	status.Flags().BoolVar(&k.json, "json", false, "print JSON")
	for _, c := range []*cobra.Command{on, off, status} {
		k.city.register(c)
		c.Flags().StringVar(&k.data, "data", "", "data folder of the service")
		cmd.AddCommand(c)
	}
	return cmd
}

func (k *crisisCommand) open() (*crisis.Switch, error) {
	c, err := k.city.load()
	if err != nil {
		return nil, err
	}
	if k.data != "" {
		c.Data = k.data
	}
	if _, err := os.Stat(c.Data); err != nil { // else a mistyped folder would be a switch that nobody hears
		return nil, usagef("crisis: data folder: %w (name the service's own with --data or --config)", err)
	}
	return crisis.Open(crisis.Options{Data: c.Data})
}

func (k *crisisCommand) on(cmd *cobra.Command, path string) error {
	data, err := readFile(cmd, path)
	if err != nil {
		return usagef("crisis on: %w", err)
	}
	a, err := crisis.Parse(data, time.Local)
	if err != nil {
		return usagef("crisis on: %s: %w", path, err)
	}
	s, err := k.open()
	if err != nil {
		return err
	}
	by := crisis.By{Who: userName(), Via: commandLine}
	if k.reason == "" {
		k.reason = a.Reason
	}
	if k.reason != "" {
		a, err = s.Immediately(by, a, k.reason)
	} else {
		a, err = s.Reviewed(by, a)
	}
	switch {
	case errors.Is(err, crisis.ErrSecondPerson):
		return usagef("crisis on: %w: %s must name an author and another person as reviewer (or say why it cannot wait: --now REASON)", err, path)
	case errors.Is(err, crisis.ErrInvalid):
		return usagef("crisis on: %s: %w", path, err)
	case err != nil:
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "on: %s, in %s, from %s until %s\n", a.ID, languagesOf(a), shown(a.From), shown(a.Until))
	return nil
}

// maxCrisisFile is more than any announcement.
const maxCrisisFile = 1 << 20

func readFile(cmd *cobra.Command, path string) ([]byte, error) {
	if path == "-" {
		return io.ReadAll(io.LimitReader(cmd.InOrStdin(), maxCrisisFile))
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxCrisisFile))
}

func (k *crisisCommand) off(cmd *cobra.Command) error {
	s, err := k.open()
	if err != nil {
		return err
	}
	if err := s.Off(crisis.By{Who: userName(), Via: commandLine}, k.reason); err != nil {
		return fmt.Errorf("crisis off: %w", err)
	}
	fmt.Fprintln(cmd.OutOrStdout(), "off")
	return nil
}

func (k *crisisCommand) status(out io.Writer) error {
	s, err := k.open()
	if err != nil {
		return err
	}
	st, err := s.Status()
	if err != nil {
		return err
	}
	if k.json {
		e := json.NewEncoder(out)
		e.SetIndent("", "  ")
		return e.Encode(st)
	}
	switch {
	case st.On != nil:
		fmt.Fprintf(out, "on: %s, in %s, until %s\n", st.On.ID, languagesOf(*st.On), shown(st.On.Until))
	case st.Next != nil:
		fmt.Fprintf(out, "off; %s begins at %s\n", st.Next.ID, shown(st.Next.From))
	default:
		fmt.Fprintln(out, "off")
	}
	if st.Proposed != nil {
		fmt.Fprintf(out, "waits for a second person: %s by %s\n", st.Proposed.ID, st.Proposed.Author)
	}
	for _, e := range st.Events[:min(len(st.Events), 10)] {
		line := fmt.Sprintf("%s  %-9s %s by %s (%s)", shown(e.At), e.What, e.ID, e.Who, e.Via)
		if e.Reason != "" {
			line += ": " + e.Reason
		}
		fmt.Fprintln(out, line)
	}
	return nil
}

func languagesOf(a crisis.Announcement) string {
	return strings.Join(slices.Sorted(maps.Keys(a.Texts)), ", ")
}

func shown(t time.Time) string { return t.Local().Format("2006-01-02 15:04:05") }
