package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/ebitengine/oto/v3"

	"github.com/amtsleitung/amtsleitung/media"
)

// soundCardWait is how long the sound system may take to answer.
const soundCardWait = 3 * time.Second

// playAloud sends speech to the sound card. A machine without one gets a
// clear error.
func playAloud(ctx context.Context, speak func(media.Sink) error) error {
	card, ready, err := oto.NewContext(&oto.NewContextOptions{
		SampleRate: media.SampleRate, ChannelCount: 1, Format: oto.FormatSignedInt16LE,
	})
	if err != nil {
		return noSoundCard(err)
	}
	select {
	case <-ready:
	case <-time.After(soundCardWait):
		return noSoundCard(errors.New("the sound system does not answer"))
	}
	if err := card.Err(); err != nil {
		return noSoundCard(err)
	}
	r, w := io.Pipe()
	player := card.NewPlayer(r)
	player.Play()
	err = speak(bytesSink(w))
	w.CloseWithError(err)
	for err == nil && player.IsPlaying() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(media.FrameDuration):
			err = card.Err()
		}
	}
	return err
}

func noSoundCard(err error) error {
	return fmt.Errorf("no sound card: %w (write a file with -o OUT.wav instead)", err)
}

// bytesSink writes frames as little-endian bytes.
func bytesSink(w io.Writer) media.Sink {
	buf := make([]byte, 0, 2*media.FrameSamples)
	return media.SinkFunc(func(f media.Frame) error {
		buf = buf[:0]
		for _, s := range f.PCM {
			buf = binary.LittleEndian.AppendUint16(buf, uint16(s))
		}
		_, err := w.Write(buf)
		return err
	})
}
