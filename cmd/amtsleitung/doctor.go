package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/amtsleitung/amtsleitung/config"
	"github.com/amtsleitung/amtsleitung/models"
)

func newDoctor() *cobra.Command {
	var city cityFlags
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Say in plain words what is missing for the service to run",
		Args:  arguments(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := city.load()
			if err != nil {
				return err
			}
			return examine(cmd.Context(), c, cmd.OutOrStdout())
		},
	}
	city.register(cmd)
	return cmd
}

// examine tries each part that the configuration names, and goes on after a
// failure, so that one run shows everything.
func examine(ctx context.Context, c config.Config, w io.Writer) error {
	e := newEngines(c, slog.New(slog.DiscardHandler), nil)
	defer e.Close()
	checks := []struct {
		name string
		try  func() error
	}{
		{"model files", func() error { return verifyModels(c) }},
		{"voice activity and end of turn (ONNX Runtime)", func() error {
			_, err := e.activity()
			if err == nil {
				_, err = e.complete()
			}
			return err
		}},
		{"speech recognition", func() error { _, err := e.recognizer(); return err }},
		{"speech synthesis", func() error { _, err := e.speaker(); return err }},
		{"translation models", func() error { return verifyPairs(e.pairs()) }},
		{"languages offered", func() error { return e.speakable() }},
		{"knowledge base", func() error { _, err := e.knowledge(ctx); return err }},
		{"data folder " + c.Data, func() error { return writable(c.Data) }},
		{"HTTP address " + c.HTTP.Listen, func() error { return free("tcp", c.HTTP.Listen) }},
	}
	for _, l := range c.SIP.Listen {
		network := l.Network
		if network == "tls" {
			network = "tcp"
		}
		checks = append(checks, struct {
			name string
			try  func() error
		}{"SIP address " + l.Network + " " + l.Address, func() error { return free(network, l.Address) }})
	}
	failed := 0
	for _, check := range checks {
		began := time.Now()
		if err := check.try(); err != nil {
			failed++
			fmt.Fprintf(w, "✗ %s: %v\n", check.name, err)
			continue
		}
		fmt.Fprintf(w, "✓ %s (%d ms)\n", check.name, time.Since(began).Milliseconds())
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d checks failed; see above", failed, len(checks))
	}
	return nil
}

func verifyModels(c config.Config) error {
	dir := c.Models
	if dir == "" {
		dir = models.DefaultDir()
	}
	return models.Verify(dir, models.Defaults()...)
}

func verifyPairs(folder string) error {
	var errs []error
	for _, p := range models.Pairs(folder) {
		errs = append(errs, p.Verify())
	}
	return errors.Join(errs...)
}

// writable tries to make the folder and a file in it.
func writable(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".doctor-*")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(filepath.Join(dir, filepath.Base(f.Name()))))
}

// free says whether an address can be listened on.
func free(network, address string) error {
	var c io.Closer
	var err error
	if network == "udp" {
		c, err = net.ListenPacket(network, address)
	} else {
		c, err = net.Listen(network, address)
	}
	if err != nil {
		return fmt.Errorf("%w (is the service running already? choose another with --sip-listen or --http-listen)", err)
	}
	return c.Close()
}
