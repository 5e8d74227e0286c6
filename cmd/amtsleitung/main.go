// Command amtsleitung is the whole service and its tools. It is the only
// place that knows which engine does what, and wires them.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
)

// Exit codes of the external contract.
const (
	exitFailure = 1
	exitUsage   = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := newRoot().ExecuteContext(ctx)
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		err = errStopped
	}
	stop()
	if err == nil {
		return
	}
	fmt.Fprintln(os.Stderr, "amtsleitung: "+strings.TrimSpace(err.Error()))
	os.Exit(exitCode(err))
}

// errStopped is what somebody hears who stopped a command in the middle.
var errStopped = errors.New("stopped before the end")

// usageError is a wrong call of the command, not a failure of its work.
type usageError struct{ error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

func exitCode(err error) int {
	var u usageError
	if errors.As(err, &u) || strings.HasPrefix(err.Error(), "unknown command") {
		return exitUsage
	}
	return exitFailure
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:           "amtsleitung",
		Short:         "Telephone voicebot and live interpretation for city administrations",
		Version:       version,
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usagef("%s: %w (see amtsleitung %s --help)", cmd.Name(), err, cmd.Name())
	})
	root.AddCommand(newServe(), newCall(), newAsk(), newTranscribe(), newSubtitle(), newSay(), newTranslate(), newKB(), newCrisis(), newExport(), newErase(), newToken(), newModels(), newDoctor())
	return root
}

// version is shown by --version and at /api/v1/status.
const version = "0.1.0"

// nativePrefix is where the native libraries were when this binary was
// linked; the linker sets it, so that the binary finds them from any folder.
var nativePrefix string

// arguments makes cobra's complaints about arguments usage errors.
func arguments(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return usagef("%s: %w", cmd.CommandPath(), err)
		}
		return nil
	}
}
