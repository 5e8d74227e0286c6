// Testsum runs go test, prints its package lines and the output of failed tests, and closes with the counts of passed,
// failed and skipped tests and the reasons of the skips.
//
// Usage: testsum [-plain REGEXP [-together REGEXP]] PACKAGE... [-- GO-TEST-FLAGS]. Packages run with -race, those that
// match -plain after them and without it: first those that also match -together, side by side, then the others, one by
// one: real-time tests measure themselves, not the race detector or their neighbours.
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
	never := regexp.MustCompile("^$") // no package has no name
	plain, together := never, never
	compile := func(to **regexp.Regexp) func(string) error {
		return func(s string) (err error) {
			*to, err = regexp.Compile(s)
			return err
		}
	}
	set.Func("plain", "packages to run without -race, one by one", compile(&plain))
	set.Func("together", "those of the plain packages that run side by side", compile(&together))
	if err := set.Parse(args); err != nil {
		return err
	}
	packages, err := list(ctx, set.Args())
	if err != nil {
		return err
	}
	raced, beside, alone := split(packages, plain, together)

	s := newSummary(os.Stdout)
	err = errors.Join(
		goTest(ctx, s, slices.Concat([]string{"-race"}, flags, raced), len(raced)),
		goTest(ctx, s, slices.Concat(flags, beside), len(beside)),
		goTest(ctx, s, slices.Concat([]string{"-p", "1"}, flags, alone), len(alone)),
	)
	s.close()
	return err
}

func split(packages []string, plain, together *regexp.Regexp) (raced, beside, alone []string) {
	for _, pkg := range packages {
		switch {
		case !plain.MatchString(pkg):
			raced = append(raced, pkg)
		case together.MatchString(pkg):
			beside = append(beside, pkg)
		default:
			alone = append(alone, pkg)
		}
	}
	return raced, beside, alone
}

func list(ctx context.Context, patterns []string) ([]string, error) {
	cmd := exec.CommandContext(ctx, "go", append([]string{"list"}, patterns...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	return strings.Fields(string(out)), nil
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
