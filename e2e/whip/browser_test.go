package whip

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/internal/browsertest"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/audiofile"
	"github.com/amtsleitung/amtsleitung/rtc"
)

// page publishes with the web client of one of WHIP's authors, which trickles.
const page = `<!doctype html><title>WHIP</title><script type="module">
import { WHIPClient } from "/whip.js";
window.publish = async (kinds) => {
	const media = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false }, video: true });
	window.pc = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
	for (const kind of kinds) pc.addTransceiver(media.getTracks().find((t) => t.kind === kind), { direction: "sendonly", streams: [media] });
	window.client = new WHIPClient();
	await client.publish(pc, location.origin + "/whip", "` + token + `");
	return pc.remoteDescription.sdp;
};
window.sent = async (kind) => {
	let packets = 0;
	for (const s of (await pc.getStats()).values()) if (s.type === "outbound-rtp" && s.kind === kind) packets += s.packetsSent;
	return packets;
};
</script>`

// pages serves the page and the client beside the address of the senders.
func (e *endpoint) pages(t *testing.T, mux *http.ServeMux) {
	t.Helper()
	client, err := os.ReadFile(filepath.Join(clients(t), "node_modules/whip-whep/whip.js"))
	require.NoError(t, err)
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(page)) })
	mux.HandleFunc("GET /whip.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		_, _ = w.Write(client)
	})
}

func TestBrowser(t *testing.T) {
	t.Parallel()
	pcm, err := audiofile.ReadAll(audiotest.Shared(t, said), time.Minute)
	require.NoError(t, err)
	whole := browsertest.Start(t, browsertest.Microphone(browsertest.Recording(t, pcm))...)
	for _, kinds := range []string{"audio", "audio video", "video audio"} {
		t.Run(kinds, func(t *testing.T) {
			t.Parallel()
			mux := http.NewServeMux()
			e := newEndpointOn(t, mux, rtc.Options{})
			e.pages(t, mux)
			browser, stop := chromedp.NewContext(whole) // a tab
			t.Cleanup(func() { _ = chromedp.Cancel(browser); stop() })
			require.NoError(t, chromedp.Do(browser, chromedp.Navigate(e.url("/"))))
			require.True(t, browsertest.Holds(browser, browsertest.Patience, `typeof publish === "function"`))
			answer := browsertest.Eval[string](t, browser, fmt.Sprintf(`publish("%s".split(" "))`, kinds))
			require.Equal(t, len(strings.Fields(kinds)), strings.Count(answer, "m="), answer)
			l := e.leg()
			l.loud(t)
			require.Contains(t, e.methods(), "PATCH", "it trickles")
			require.Eventually(t, func() bool { return len(l.all()) > 2*len(pcm) }, 20*time.Second, 50*time.Millisecond)
			isSpeech(t, l.all())
			require.Zero(t, browsertest.Eval[int](t, browser, `sent("video")`), "pictures that nobody wants are not sent")

			before := browsertest.Eval[string](t, browser, `pc.remoteDescription.sdp.match(/a=ice-ufrag:.*/)[0]`)
			require.Zero(t, browsertest.Eval[int](t, browser, `client.restart().then(() => 0)`))
			require.NotEqual(t, before, browsertest.Eval[string](t, browser, `pc.remoteDescription.sdp.match(/a=ice-ufrag:.*/)[0]`))
			require.True(t, browsertest.Holds(browser, browsertest.Patience, `pc.connectionState === "connected"`))
			at := len(l.all())
			require.Eventually(t, func() bool { return len(l.all()) > at+2*len(pcm) }, 20*time.Second, 50*time.Millisecond)
			isSpeech(t, l.all()[at:])

			require.Zero(t, browsertest.Eval[int](t, browser, `client.stop().then(() => 0)`))
			require.Equal(t, "normal by party", l.ended(t))
		})
	}
}

// TestPageThatIsClosed says goodbye to nobody.
func TestPageThatIsClosed(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	e := newEndpointOn(t, mux, rtc.Options{Grace: rtc.Grace{Reconnect: 4 * time.Second}})
	e.pages(t, mux)
	tone := browsertest.Recording(t, audiotest.Sine(700, 2*time.Second, 8000))
	browser := browsertest.Start(t, browsertest.Microphone(tone)...)
	require.NoError(t, chromedp.Do(browser, chromedp.Navigate(e.url("/"))))
	require.True(t, browsertest.Holds(browser, browsertest.Patience, `typeof publish === "function"`))
	browsertest.Eval[string](t, browser, `publish(["audio"])`)
	l := e.leg()
	l.loud(t)
	pcm := l.all()
	require.InDelta(t, 700, audiotest.Peak(pcm[max(0, len(pcm)-4000):], media.SampleRate, 200, 3400), 20)
	require.NoError(t, chromedp.Do(browser, chromedp.Navigate("about:blank")))
	require.Contains(t, l.ended(t), "dead-media by ")
	require.Equal(t, "POST", strings.Fields(e.methods())[0])
	require.NotContains(t, e.methods(), "DELETE")
}
