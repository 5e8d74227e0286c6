package booth

import (
	"bytes"
	"encoding/binary"
	"io"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/audiofile"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
)

// header of a WAV file of 16 kHz, mono, 16 bit.
func header(length time.Duration) []byte {
	size := uint32(media.Samples(length) * 2)
	b := []byte("RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x80\x3e\x00\x00\x00\x7d\x00\x00\x02\x00\x10\x00data\x00\x00\x00\x00")
	binary.LittleEndian.PutUint32(b[4:], size+36)
	binary.LittleEndian.PutUint32(b[40:], size)
	return b
}

func (t tale) wav(length time.Duration) []byte {
	var b bytes.Buffer
	b.Write(header(length))
	for at := time.Duration(0); at < length; at += media.FrameDuration {
		_ = binary.Write(&b, binary.LittleEndian, t.frame(at).PCM)
	}
	return b.Bytes()
}

func recording(t *testing.T, r io.Reader) *audiofile.File {
	f, err := audiofile.Decode(r, "Sitzung.wav")
	require.NoError(t, err)
	return f
}

var fromFile = Source{Source: rooms.Source{Name: "Mitschnitt", Kind: rooms.File, Speaker: "Mitschnitt"}, Language: "de"}

func TestAFileAtItsOwnPace(t *testing.T) {
	r := &reader{tale: tell("de", time.Second, council...), took: 100 * ms}
	synctest.Test(t, func(t *testing.T) {
		hold(t, rooms.Options{}, hearsBy(r), func(h *hall) {
			synctest.Wait()
			var done, whole []time.Duration
			in, err := h.Start(h.ctx, recording(t, bytes.NewReader(r.wav(r.length()))), fromFile, func(d, w time.Duration) {
				done, whole = append(done, d), append(whole, w)
			})
			require.NoError(t, err)
			time.Sleep(20 * time.Second)
			require.Empty(t, done, "it waits for the meeting to begin")
			h.begin()
			began := time.Now()
			time.Sleep(3600 * ms) // between two sentences
			require.NoError(t, h.room.Pause(h.ctx))
			time.Sleep(time.Minute)
			require.NoError(t, h.room.Start(h.ctx))
			<-in.Done()
			require.NoError(t, in.Err())
			require.InDelta(t, r.length()+time.Minute, time.Since(began), float64(2*time.Second))
			require.Equal(t, council, h.texts(rooms.Original), "and in its pauses")
			require.Len(t, done, int(r.length()/time.Second)+1)
			require.Equal(t, r.length(), done[len(done)-1])
			require.Equal(t, r.length(), whole[0])
		})
	})
}

func TestADamagedFile(t *testing.T) {
	r := &reader{tale: tell("de", time.Second, council...), took: 100 * ms}
	meet(t, rooms.Options{}, hearsBy(r), func(h *hall) {
		broken := io.MultiReader(bytes.NewReader(r.wav(r.length())[:5*2*media.SampleRate]), badDisk{})
		err := h.Play(h.ctx, recording(t, broken), fromFile, nil)
		require.ErrorContains(t, err, "Sitzung.wav")
		require.ErrorContains(t, err, "disk is broken")
		require.Equal(t, council[0], h.texts(rooms.Original)[0], "what could be read is there")
		require.ErrorContains(t, h.Play(h.ctx, recording(t, bytes.NewReader(header(0))), fromFile, nil), "no audio")
	})
}

type badDisk struct{}

func (badDisk) Read([]byte) (int, error) { return 0, errDisk }

var errDisk = &diskError{}

type diskError struct{}

func (*diskError) Error() string { return "the disk is broken" }

func TestAFileOfHours(t *testing.T) {
	r := &reader{tale: tell("de", time.Second, council...)}
	meet(t, rooms.Options{}, hearsBy(r), func(h *hall) {
		var told time.Duration
		whole := 6 * time.Hour
		in, err := h.Start(h.ctx, recording(t, io.MultiReader(bytes.NewReader(header(whole)), zeros{})), fromFile, func(_, w time.Duration) { told = w })
		require.NoError(t, err)
		var before, after runtime.MemStats
		time.Sleep(time.Minute)
		runtime.GC()
		runtime.ReadMemStats(&before)
		time.Sleep(10 * time.Minute)
		runtime.GC()
		runtime.ReadMemStats(&after)
		require.Less(t, int64(after.HeapAlloc)-int64(before.HeapAlloc), int64(1<<20))
		require.NoError(t, h.Remove(h.ctx, in.ID()))
		<-in.Done()
		synctest.Wait()
		require.Equal(t, whole, told)
		require.NoError(t, in.Err())
	})
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}
