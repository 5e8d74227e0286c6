// Testsum runs go test, prints its package lines and the output of failed tests, and closes with the counts of passed,
// failed and skipped tests and the reasons of the skips.
//
// Usage: testsum [-plain REGEXP] PACKAGE... [-- GO-TEST-FLAGS]. Packages run with -race, those that match REGEXP after
// them, one by one and without it: real-time tests measure themselves, not the race detector.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"regexp"
	"slices"
	"strings"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "testsum:", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	var flags []string
	if i := slices.Index(args, "--"); i >= 0 {
		args, flags = args[:i], args[i+1:]
	}
	set := flag.NewFlagSet("testsum", flag.ExitOnError)
	plain := set.String("plain", "^$", "packages to run without -race, one by one")
	if err := set.Parse(args); err != nil {
		return err
	}
	match, err := regexp.Compile(*plain)
	if err != nil {
		return err
	}
	raced, unraced, err := split(ctx, set.Args(), match)
	if err != nil {
		return err
	}

	s := newSummary(os.Stdout)
	err = errors.Join(
		goTest(ctx, s, slices.Concat([]string{"-race"}, flags, raced), len(raced)),
		goTest(ctx, s, slices.Concat([]string{"-p", "1"}, flags, unraced), len(unraced)),
	)
	s.close()
	return err
}

func split(ctx context.Context, patterns []string, match *regexp.Regexp) (raced, unraced []string, err error) {
	list := exec.CommandContext(ctx, "go", append([]string{"list"}, patterns...)...)
	list.Stderr = os.Stderr
	out, err := list.Output()
	if err != nil {
		return nil, nil, fmt.Errorf("go list: %w", err)
	}
	for pkg := range strings.FieldsSeq(string(out)) {
		if match.MatchString(pkg) {
			unraced = append(unraced, pkg)
		} else {
			raced = append(raced, pkg)
		}
	}
	return raced, unraced, nil
}

func goTest(ctx context.Context, s *summary, args []string, packages int) error {
	if packages == 0 {
		return nil
	}
	cmd := exec.CommandContext(ctx, "go", append([]string{"test", "-json"}, args...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	readErr := s.read(out)
	if err := cmd.Wait(); err != nil {
		return fmt.Errorf("go test: %w", err)
	}
	return readErr
}
