package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/user"
	"path/filepath"
	"regexp"
	"time"

	"github.com/spf13/cobra"

	"github.com/amtsleitung/amtsleitung/config"
	"github.com/amtsleitung/amtsleitung/desk"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/store"
)

// keptFlags name a call and where it is stored.
type keptFlags struct {
	city cityFlags
	data string
	http string
	call string
}

func (f *keptFlags) register(cmd *cobra.Command) {
	f.city.register(cmd)
	cmd.Flags().StringVar(&f.call, "call", "", "id of the call, as its page shows it")
	cmd.Flags().StringVar(&f.data, "data", "", "folder for everything that lasts")
	cmd.Flags().StringVar(&f.http, "http-listen", "", "address of the running service")
}

// callWord is a ULID; ids of tests and older versions may be other words.
var callWord = regexp.MustCompile(`^[0-9A-Za-z_-]{1,64}$`)

// open reads the configuration and opens the store, which must be there.
func (f *keptFlags) open(ctx context.Context) (config.Config, *store.Store, error) {
	if !callWord.MatchString(f.call) {
		return config.Config{}, nil, usagef("name the call with --call ID, as the page of the calls shows it")
	}
	c, err := f.city.load()
	if err != nil {
		return c, nil, err
	}
	if f.data != "" {
		c.Data = f.data
	}
	if f.http != "" {
		c.HTTP.Listen = f.http
	}
	path := filepath.Join(c.Data, "amtsleitung.db")
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return c, nil, fmt.Errorf("there is no %s (name the data folder with --data)", path)
	}
	s, err := store.Open(ctx, c.Data, time.Now)
	return c, s, err
}

func newErase() *cobra.Command {
	var f keptFlags
	cmd := &cobra.Command{
		Use:   "erase --call ID",
		Short: "Erase all that is stored of a call",
		Args:  arguments(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, s, err := f.open(cmd.Context())
			if err != nil {
				return err
			}
			defer s.Close()
			before := liveCall(cmd.Context(), c, f.call)
			n, err := s.EraseCall(cmd.Context(), f.call, operator())
			if err != nil {
				return err
			}
			out := cmd.OutOrStdout()
			fmt.Fprintf(out, "call %s: erased %d request(s) with their history and deliveries, %d answer(s), %d record(s) of the desk\n", f.call, n.Requests, n.Answers, n.Records)
			if before != nil {
				return awaitErasure(cmd.Context(), c, f.call, out)
			}
			if n == (store.Erased{}) {
				fmt.Fprintln(out, "nothing else of this call is known")
			}
			return nil
		},
	}
	f.register(cmd)
	return cmd
}

// awaitErasure waits until the running service has forgotten the call: it
// looks for erasures every few seconds.
func awaitErasure(ctx context.Context, c config.Config, call string, out io.Writer) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	look := time.NewTicker(500 * time.Millisecond)
	defer look.Stop()
	for {
		if liveCall(ctx, c, call) == nil && ctx.Err() == nil {
			fmt.Fprintln(out, "the running service has erased its journal entries of the call")
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.New("the running service still shows the call: does it use the same data folder? Otherwise stop it, its journal is in memory only")
		case <-look.C:
		}
	}
}

// operator is who runs the command, for the record of erasures.
func operator() string {
	if u, err := user.Current(); err == nil {
		return "command line: " + u.Username
	}
	return "command line"
}

// exported is all that is stored of a call.
type exported struct {
	Call     string          `json:"call"`
	Requests []desk.View     `json:"requests"`
	Answers  []answerOfCall  `json:"answers"`
	Records  []desk.CallView `json:"records"`
	// Journal is what the running service shows of the call; it is in memory only.
	Journal *journal.Call `json:"journal,omitempty"`
}

type answerOfCall struct {
	At         time.Time `json:"at"`
	Article    string    `json:"article"`
	Version    int       `json:"version"`
	Source     string    `json:"source"`
	Confidence float64   `json:"confidence"`
	Model      string    `json:"model"`
}

func newExport() *cobra.Command {
	var f keptFlags
	cmd := &cobra.Command{
		Use:   "export --call ID",
		Short: "Print all that is stored of a call as JSON",
		Args:  arguments(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, s, err := f.open(cmd.Context())
			if err != nil {
				return err
			}
			defer s.Close()
			e, err := exportCall(cmd.Context(), s, f.call)
			if err != nil {
				return err
			}
			e.Journal = liveCall(cmd.Context(), c, f.call)
			j := json.NewEncoder(cmd.OutOrStdout())
			j.SetIndent("", "  ")
			j.SetEscapeHTML(false)
			return j.Encode(e)
		},
	}
	f.register(cmd)
	return cmd
}

func exportCall(ctx context.Context, s *store.Store, call string) (exported, error) {
	e := exported{Call: call, Requests: []desk.View{}, Answers: []answerOfCall{}, Records: []desk.CallView{}}
	d := desk.New(desk.Options{Store: s})
	list, err := s.Requests(ctx, store.RequestFilter{Call: call})
	if err != nil {
		return e, err
	}
	for _, r := range list {
		found, err := d.Case(ctx, r.Reference)
		if err != nil {
			return e, err
		}
		e.Requests = append(e.Requests, found.View())
	}
	records, err := s.CallRecords(ctx, store.CallFilter{Call: call})
	if err != nil {
		return e, err
	}
	for _, r := range records {
		e.Records = append(e.Records, desk.CallViewOf(r))
	}
	answers, err := s.Answers(ctx, call)
	for _, a := range answers {
		e.Answers = append(e.Answers, answerOfCall{a.At, a.Article, a.Version, a.Source, a.Confidence, a.Model})
	}
	return e, err
}

// liveCall asks the running service what it shows of a call; nil when it does
// not run or knows nothing.
func liveCall(ctx context.Context, c config.Config, call string) *journal.Call {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+c.HTTP.Listen+"/api/v1/calls", nil)
	if err != nil {
		return nil
	}
	if token, err := os.ReadFile(filepath.Join(c.Data, operatorFile)); err == nil {
		req.Header.Set("Authorization", "Bearer "+string(token))
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(req)
	if err != nil {
		return nil // nothing runs there
	}
	defer resp.Body.Close()
	var shown struct{ Calls []journal.Call }
	if json.NewDecoder(resp.Body).Decode(&shown) != nil {
		return nil
	}
	for i := range shown.Calls {
		if shown.Calls[i].ID == call {
			return &shown.Calls[i]
		}
	}
	return nil
}
