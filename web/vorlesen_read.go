package web

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/transcript"
	"github.com/amtsleitung/amtsleitung/tts/marks"
	"github.com/amtsleitung/amtsleitung/web/visitor"
)

// Bounds of what is read at once.
const (
	maxRead      = 600              // characters: the script sends sentences
	maxReadTime  = 2 * time.Minute  // of audio
	readPatience = 20 * time.Second // for translator and voice
	roomPatience = 3 * time.Second  // for those before
	slowest      = 0.7
	fastest      = 1.6
)

func millis(n int) time.Duration { return time.Duration(n) * time.Millisecond }

// wish is what a page wants to have read.
type wish struct {
	Text     string  `json:"text"`
	Language string  `json:"language"` // of the text
	To       string  `json:"to"`       // "" or the language to hear it in
	Rate     float64 `json:"rate"`     // 0 is 1
}

// reading is a text with its sound and the times of its words.
type reading struct {
	Language   string     `json:"language"`
	Text       string     `json:"text"` // as it is read: the translation, if there is one
	Translated bool       `json:"translated"`
	Duration   float64    `json:"duration"` // seconds
	Words      []readWord `json:"words"`
	Audio      []byte     `json:"audio"` // WAV: 16 kHz, mono, 16 bit
}

// readWord has its place in the text in UTF-16 units, as scripts count, and
// its times in seconds.
type readWord struct {
	At     int     `json:"at"`
	Length int     `json:"length"`
	Start  float64 `json:"start"`
	End    float64 `json:"end"`
}

// Errors that pages are told of.
var (
	errReadBusy = errors.New("the machine is needed for calls, try again in a moment")
	errNoVoice  = errors.New("there is no voice for this language")
	errNoPair   = errors.New("there is no translator for these languages")
)

func (v *vorlesen) read(c *fiber.Ctx) error {
	if wait, ok := v.asks.take(visitor.Source(c), time.Now()); !ok {
		return tooMany(c, fiber.StatusTooManyRequests, "too many sentences from this address", wait)
	}
	var w wish
	if ok, err := read(c, &w); !ok {
		return err
	}
	if w.Text = readable(w.Text); w.Text == "" || utf8.RuneCountInString(w.Text) > maxRead {
		return refusal(c, fiber.StatusUnprocessableEntity, fmt.Sprintf("text has between 1 and %d characters: send one sentence after the other", maxRead))
	}
	if w.Rate == 0 {
		w.Rate = 1
	}
	if w.Rate < slowest || w.Rate > fastest {
		return refusal(c, fiber.StatusUnprocessableEntity, fmt.Sprintf("rate is between %.1f and %.1f", slowest, fastest))
	}
	if err := v.voices(&w); err != nil {
		return refusal(c, fiber.StatusUnprocessableEntity, err.Error())
	}
	ctx, cancel := context.WithTimeout(context.Background(), readPatience)
	defer cancel()
	r, err := v.reading(ctx, w)
	switch {
	case errors.Is(err, errReadBusy):
		return tooMany(c, fiber.StatusServiceUnavailable, err.Error(), 2*time.Second)
	case err != nil:
		v.options.Log.Warn("reading aloud failed", "language", w.Language, "to", w.To, "err", err)
		return refusal(c, fiber.StatusBadGateway, "this text cannot be read aloud at present")
	}
	return c.JSON(r)
}

// readable is a text on one line without what cannot be said.
func readable(text string) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == 0xad || r == utf8.RuneError {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, " "))
	return strings.TrimSpace(text)
}

// voices finds the languages of a wish among those that have a voice.
func (v *vorlesen) voices(w *wish) error {
	asked := w.Language
	if w.Language = v.voice(asked); w.Language == "" && w.To == "" {
		return errNoVoice
	}
	if w.To == "" {
		return nil
	}
	if w.Language == "" {
		w.Language = transcript.Primary(asked) // it is translated from, not spoken
	}
	if w.To = v.voice(w.To); w.To == "" {
		return errNoVoice
	}
	if w.To == w.Language {
		w.To = ""
		return nil
	}
	if !callerLanguage.MatchString(w.Language) || !v.translates(w.Language, w.To) {
		return errNoPair
	}
	return nil
}

// voice is the language that speaks for a tag: itself, or its first part. The
// easy language of pages is tagged "de-simple" (RFC 5646).
func (v *vorlesen) voice(tag string) string {
	if tag == "" {
		return v.Languages[0]
	}
	primary := transcript.Primary(tag)
	if strings.EqualFold(tag, primary+"-simple") {
		tag = primary + "-leicht"
	}
	for _, known := range []string{strings.ToLower(tag), primary} {
		if slices.Contains(v.Languages, known) {
			return strings.Clone(known)
		}
	}
	return ""
}

// reading is one that is kept, or a new one. Callers come first.
func (v *vorlesen) reading(ctx context.Context, w wish) (*reading, error) {
	key := w.key()
	if r := v.kept.get(key, time.Now()); r != nil {
		return r, nil
	}
	if v.Busy != nil && v.Busy() {
		return nil, errReadBusy
	}
	patience := time.NewTimer(roomPatience)
	defer patience.Stop()
	select {
	case v.room <- struct{}{}:
		defer func() { <-v.room }()
	case <-patience.C:
		return nil, errReadBusy
	}
	r, err := v.speak(ctx, w)
	if err != nil {
		return nil, err
	}
	v.kept.put(key, r, time.Now())
	return r, nil
}

// speak translates, reads, and marks the words.
func (v *vorlesen) speak(ctx context.Context, w wish) (*reading, error) {
	text, language := w.Text, w.Language
	if w.To != "" {
		translated, err := v.Translate(ctx, text, language, w.To)
		if err != nil {
			return nil, fmt.Errorf("translate: %w", err)
		}
		if text, language = readable(translated), w.To; text == "" {
			return nil, errors.New("translate: nothing came back")
		}
	}
	var pcm []int16
	err := v.Speak(ctx, text, language, w.Rate, media.SinkFunc(func(f media.Frame) error {
		if media.Duration(len(pcm)) > maxReadTime {
			return fmt.Errorf("the text lasts longer than %v", maxReadTime)
		}
		pcm = append(pcm, f.PCM...)
		return nil
	}))
	if err != nil {
		return nil, fmt.Errorf("speak: %w", err)
	}
	r := &reading{
		Language: language, Text: text, Translated: w.To != "", Duration: media.Duration(len(pcm)).Seconds(),
		Words: readWords(text, marks.Estimate(pcm, text, language)), Audio: waveFile(pcm),
	}
	return r, nil
}

// readWords counts places as scripts do.
func readWords(text string, all []marks.Mark) []readWord {
	words := make([]readWord, 0, len(all))
	units, at := 0, 0
	for _, m := range all {
		units, at = units+unitsOf(text[at:m.At]), m.At
		words = append(words, readWord{At: units, Length: unitsOf(text[m.At : m.At+m.Length]), Start: m.Start.Seconds(), End: m.End.Seconds()})
	}
	return words
}

func unitsOf(text string) int {
	n := 0
	for _, r := range text {
		n += utf16.RuneLen(r)
	}
	return n
}

// waveFile is a WAV file with 16-bit samples: a header of 44 bytes, then they.
func waveFile(pcm []int16) []byte {
	var b bytes.Buffer
	size := uint32(2 * len(pcm))
	b.Grow(44 + 2*len(pcm))
	b.WriteString("RIFF")
	order := func(values ...any) {
		for _, value := range values {
			_ = binary.Write(&b, binary.LittleEndian, value) // a buffer takes all
		}
	}
	order(36+size, []byte("WAVEfmt "), uint32(16), uint16(1), uint16(1), uint32(media.SampleRate), uint32(2*media.SampleRate), uint16(2), uint16(16), []byte("data"), size, pcm)
	return b.Bytes()
}
