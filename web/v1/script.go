package v1

import (
	"bytes"
	"compress/zlib"
	"math"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/amtsleitung/amtsleitung/recording"
	"github.com/amtsleitung/amtsleitung/subtitles"
	"github.com/amtsleitung/amtsleitung/transcript"
)

// script is all that was heard in a recording.
type script struct {
	text     strings.Builder
	language string
	length   time.Duration
	heard    []transcript.Segment // for cues
	segments []segment
	words    []word
}

// segment is one of verbose_json; times are seconds.
type segment struct {
	ID               int     `json:"id"`
	Seek             int     `json:"seek"` // 10 ms steps to where it begins
	Start            float64 `json:"start"`
	End              float64 `json:"end"`
	Text             string  `json:"text"`
	Tokens           []int   `json:"tokens"` // always empty: tokens of one engine mean nothing to another
	Temperature      float64 `json:"temperature"`
	LogProbability   float64 `json:"avg_logprob"`
	CompressionRatio float64 `json:"compression_ratio"`
	NoSpeech         float64 `json:"no_speech_prob"`
}

type word struct {
	Word  string  `json:"word"`
	Start float64 `json:"start"`
	End   float64 `json:"end"`
}

// usage is how OpenAI bills whisper-1; here it says what was charged to the day.
type usage struct {
	Type    string `json:"type"`
	Seconds int    `json:"seconds"`
}

// add takes a sentence and returns the text by which the script has grown.
func (s *script) add(heard recording.Sentence) string {
	from := s.text.Len()
	if s.language == "" {
		s.language = heard.Language
	}
	if from > 0 {
		s.text.WriteByte(' ')
	}
	s.text.WriteString(heard.Text)
	s.heard = append(s.heard, heard.Segment)
	s.segments = append(s.segments, segment{
		ID: len(s.segments), Seek: int(heard.Start / (10 * time.Millisecond)), Start: seconds(heard.Start), End: seconds(heard.End), Text: " " + heard.Text,
		Tokens: []int{}, LogProbability: heard.LogProbability, CompressionRatio: compression(heard.Text), NoSpeech: heard.NoSpeech,
	})
	s.addWords(heard.Words)
	return s.text.String()[from:]
}

func (s *script) addWords(words []transcript.Word) {
	for _, w := range words {
		if t := strings.Trim(strings.TrimSpace(w.Text), `.,;:!?…"„“”»«()`); t != "" {
			s.words = append(s.words, word{Word: t, Start: seconds(w.Start), End: seconds(w.End)})
		}
	}
}

// seconds with a precision of 1 ms.
func seconds(d time.Duration) float64 { return math.Round(d.Seconds()*1000) / 1000 }

// compression is the length of a text beside its length when compressed:
// repetitions of a model that runs away show in it.
func compression(text string) float64 {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	_, _ = z.Write([]byte(text)) // a Buffer never fails
	_ = z.Close()
	return float64(len(text)) / float64(b.Len())
}

func (s *script) usage() usage {
	return usage{Type: "duration", Seconds: int(math.Ceil(s.length.Seconds()))}
}

// send answers in the form that was wished for.
func (s *script) send(c *fiber.Ctx, w wish) error {
	switch w.format {
	case "text":
		c.Set(fiber.HeaderContentType, fiber.MIMETextPlainCharsetUTF8)
		return c.SendString(s.text.String() + "\n")
	case "srt", "vtt":
		return s.sendCues(c, w)
	case "verbose_json":
		return c.JSON(s.verbose(w))
	}
	return c.JSON(struct {
		Text  string `json:"text"`
		Usage usage  `json:"usage"`
	}{s.text.String(), s.usage()})
}

// sendCues makes cues that people can read, as those of meetings.
func (s *script) sendCues(c *fiber.Ctx, w wish) error {
	if w.options.Translate {
		for i := range s.heard {
			s.heard[i].Language = "en"
		}
	}
	kind := "text/vtt; charset=utf-8"
	if w.format == "srt" {
		kind = "application/x-subrip; charset=utf-8"
	}
	c.Set(fiber.HeaderContentType, kind)
	cues := subtitles.Cues(subtitles.Television(), s.heard)
	return subtitles.Formats()[w.format](c.Response().BodyWriter(), subtitles.Of(cues))
}

// verbose is a whole verbose_json answer.
type verbose struct {
	Task     string    `json:"task"`
	Language string    `json:"language"`
	Duration float64   `json:"duration"`
	Text     string    `json:"text"`
	Segments []segment `json:"segments,omitempty"`
	Words    []word    `json:"words,omitempty"`
	Usage    usage     `json:"usage"`
}

func (s *script) verbose(w wish) verbose {
	v := verbose{Task: "transcribe", Language: languageName(s.language), Duration: seconds(s.length), Text: s.text.String(), Usage: s.usage()}
	if w.options.Translate {
		v.Task, v.Language = "translate", "english"
	}
	if w.segments {
		v.Segments = s.segments
	}
	if w.words {
		v.Words = s.words
	}
	return v
}
