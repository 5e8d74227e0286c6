package audiotest

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// FFmpeg is a real one, on the path or among the senders that tests of WHIP
// use, and on the path of the test from then on. Without one the test skips.
func FFmpeg(t *testing.T) string {
	t.Helper()
	if path, err := exec.LookPath("ffmpeg"); err == nil {
		return path
	}
	out, err := exec.CommandContext(t.Context(), filepath.Join(Root(t), "e2e/whip/clients/install.sh"), "--where").Output()
	if err != nil {
		t.Skip("ffmpeg is not installed: apt-get install ffmpeg, or run e2e/whip/clients/install.sh")
	}
	found, err := filepath.Glob(filepath.Join(string(bytes.TrimSpace(out)), "python/imageio_ffmpeg/binaries/ffmpeg-*"))
	require.NoError(t, err)
	require.NotEmpty(t, found)
	dir := t.TempDir()
	require.NoError(t, os.Symlink(found[0], filepath.Join(dir, "ffmpeg")))
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	return found[0]
}
