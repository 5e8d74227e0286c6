// Package browsertest starts a real Chromium for tests, with a microphone that
// plays a file where one is wanted, and asks its pages.
package browsertest

import (
	"context"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/resample"
	"github.com/amtsleitung/amtsleitung/media/wav"
)

// Start runs a browser with a fresh profile until the test ends.
func Start(t *testing.T, more ...chromedp.ExecAllocatorOption) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("no chromium: apt-get install chromium")
	}
	allocator, stopAllocator := chromedp.NewExecAllocator(t.Context(), slices.Concat(chromedp.DefaultExecAllocatorOptions[:], []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()), Without(),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("lang", "de-DE"),
	}, more)...)
	ctx, stop := chromedp.NewContext(allocator)
	require.NoError(t, chromedp.Do(ctx), "start chromium")
	t.Cleanup(func() {
		_ = chromedp.Cancel(ctx) // waits until the browser has ended
		stop()
		stopAllocator()
	})
	return ctx
}

// Without switches features of the browser off: those named, and what its own
// windows show below the address bar. Each tab has a window, and these two
// pages of every window cost as much as a page under test.
func Without(features ...string) chromedp.ExecAllocatorOption {
	off := append([]string{"Translate", "BlinkGenPropertyTrees", "WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup"}, features...)
	return chromedp.Flag("disable-features", strings.Join(off, ","))
}

// Microphone lets pages have one without asking: it plays the file, again and again.
func Microphone(file string) []chromedp.ExecAllocatorOption {
	return []chromedp.ExecAllocatorOption{
		chromedp.Flag("use-fake-device-for-media-stream", true), chromedp.Flag("use-fake-ui-for-media-stream", true),
		chromedp.Flag("use-file-for-fake-audio-capture", file), chromedp.Flag("autoplay-policy", "no-user-gesture-required"),
	}
}

// Recording is a file for Microphone, of audio in the inner format.
func Recording(t *testing.T, pcm []int16) string {
	t.Helper()
	r, err := resample.New(media.SampleRate, 48000, resample.File)
	require.NoError(t, err)
	defer r.Close()
	return Recording48(t, r.Append(nil, pcm))
}

// Recording48 is a file for Microphone, of audio at 48 kHz.
func Recording48(t *testing.T, pcm []int16) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "microphone.wav")
	w, err := wav.Create(path, 48000)
	require.NoError(t, err)
	require.NoError(t, w.Write(pcm))
	require.NoError(t, w.Close())
	return path
}

// Eval returns what a JavaScript expression of a tab's page is.
func Eval[T any](t *testing.T, tab context.Context, expression string) T {
	t.Helper()
	v, err := chromedp.Run(tab, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	require.NoError(t, err)
	return v
}

// Patience is how long a page may take for what it is waited for, unless the
// whole service is behind it.
const Patience = 20 * time.Second

// Holds waits for a JavaScript condition, also across a change of the page;
// false says that it never held.
func Holds(tab context.Context, patience time.Duration, condition string) bool {
	ctx, cancel := context.WithTimeout(tab, patience)
	defer cancel()
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for {
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](condition))
		if err == nil && ok { // while the page changes there is nothing to ask
			return true
		}
		select {
		case <-ctx.Done():
			return false
		case <-look.C:
		}
	}
}
