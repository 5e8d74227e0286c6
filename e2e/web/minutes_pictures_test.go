package web_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestMinutesPictures writes each moment as a picture, see TestPictures.
func TestMinutesPictures(t *testing.T) {
	folder := pictures(t)
	require.NoError(t, os.MkdirAll(folder, 0o755))
	b := newBrowser(t)
	for name, v := range map[string]view{"1280": desktop, "1280-dark": {width: 1280, height: 900, dark: true}, "320": {width: 320, height: 700}} {
		for _, m := range minutesMoments {
			b.inTab(t, m.name+"-"+name, v, func(p *tab) {
				m.show(p, "de")
				p.picture(filepath.Join(folder, "minutes-"+m.name+"-"+name+".png"))
			})
		}
	}
}
