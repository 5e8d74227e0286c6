package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/amtsleitung/amtsleitung/inference"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/audiofile"
	"github.com/amtsleitung/amtsleitung/stt/live"
	"github.com/amtsleitung/amtsleitung/translate"
)

func newSubtitle() *cobra.Command {
	var city cityFlags
	var lang string
	var to []string
	var realtime, told bool
	cmd := &cobra.Command{
		Use:   "subtitle FILE|-",
		Short: "Live subtitles of a recording, as JSON lines",
		Long: "Live subtitles of a recording, as JSON lines. Times are seconds: t_wall since the begin of the work, audio_s of\n" +
			"the recording. committed are new words only and never change, tail may still; cue is a finished sentence, with\n" +
			"its translations. With --realtime the recording is heard at its own pace, as a microphone would be; otherwise\n" +
			"as fast as the machine can, in whole stretches of speech.",
		Args: arguments(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := city.load()
			if err != nil {
				return err
			}
			in, err := openRecording(args[0], cmd.InOrStdin())
			if err != nil {
				return err
			}
			defer in.Close()
			e := newEngines(c, slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), &slog.HandlerOptions{Level: slog.LevelWarn})), nil)
			defer e.Close()
			s, err := newSubtitler(cmd.Context(), e, strings.TrimPrefix(lang, "auto"), to)
			if err != nil {
				return fmt.Errorf("subtitle: %w", err)
			}
			s.realtime, s.out = realtime, json.NewEncoder(cmd.OutOrStdout())
			s.out.SetEscapeHTML(false)
			s.progress = progress{file: args[0], whole: in.Estimate}
			if told || isTerminal(cmd.ErrOrStderr()) && !isTerminal(cmd.OutOrStdout()) {
				s.progress.out = cmd.ErrOrStderr()
			}
			err = s.run(cmd.Context(), in)
			s.progress.end()
			if err != nil {
				return fmt.Errorf("subtitle %s: %w", args[0], err)
			}
			return nil
		},
	}
	city.register(cmd)
	cmd.Flags().StringVar(&lang, "lang", "auto", "language of the speech, or auto")
	cmd.Flags().StringSliceVar(&to, "to", nil, "languages to translate finished sentences into, as de,en")
	cmd.Flags().BoolVar(&realtime, "realtime", false, "at the pace of the recording, with unfinished words")
	cmd.Flags().BoolVar(&told, "progress", false, "say on standard error how far it is, even if that is no terminal")
	return cmd
}

func openRecording(path string, stdin io.Reader) (*audiofile.File, error) {
	if path == "-" {
		return audiofile.Decode(stdin, "standard input")
	}
	return audiofile.Open(path)
}

// subtitler writes the lines of one recording.
type subtitler struct {
	options    live.Options
	translator *translate.Chain // nil: nothing is translated
	to         []string
	realtime   bool
	out        *json.Encoder
	log        *slog.Logger
	progress   progress // of the reading

	began time.Time
	cues  int
	words []live.Word // of the sentence that is not finished
}

func newSubtitler(ctx context.Context, e *engines, lang string, to []string) (*subtitler, error) {
	o, err := hearing(ctx, e, lang)
	if err != nil {
		return nil, err
	}
	s := &subtitler{to: to, log: e.log, options: o}
	return s, s.prepare(e, lang)
}

// prepare opens translation, and says at once when a direction is missing.
func (s *subtitler) prepare(e *engines, lang string) error {
	if len(s.to) == 0 {
		return nil
	}
	t, err := e.renderer()
	if err != nil {
		return err
	}
	if t == nil {
		return fmt.Errorf("nothing translates: the configuration says `translation.engines: []`")
	}
	for _, to := range s.to {
		if lang != "" && lang != to && !t.Translates(lang, to) {
			return translate.NoPair(lang, to)
		}
	}
	s.translator = t
	return nil
}

func (s *subtitler) run(ctx context.Context, in *audiofile.File) error {
	o := s.options
	o.Lossless, o.Accurate = !s.realtime, !s.realtime
	if !s.realtime {
		o.Priority = inference.Offline
	}
	s.began = time.Now()
	return hear(ctx, o, in, s.pace, s.write)
}

// pace waits until a microphone would have delivered the frame.
func (s *subtitler) pace(ctx context.Context, f media.Frame) error {
	if err := s.progress.read(f.At + media.FrameDuration); err != nil || !s.realtime {
		return err
	}
	left := time.Until(s.began.Add(f.At + media.FrameDuration))
	if left <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(left)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// subtitleLine is the external format; times are seconds.
type subtitleLine struct {
	Wall      float64      `json:"t_wall"`
	Audio     float64      `json:"audio_s"`
	Committed string       `json:"committed"`
	Tail      string       `json:"tail"`
	Language  string       `json:"lang"`
	Cue       *subtitleCue `json:"cue"`
	Behind    float64      `json:"behind_s"`
	Words     []fileWord   `json:"words,omitempty"`
}

type subtitleCue struct {
	ID           int               `json:"id"`
	Start        float64           `json:"start"`
	End          float64           `json:"end"`
	Text         string            `json:"text"`
	Translations map[string]string `json:"translations,omitempty"`
}

func (s *subtitler) write(ctx context.Context, u live.Update) error {
	line := subtitleLine{
		Wall: thousandths(time.Since(s.began)), Audio: thousandths(u.At), Committed: live.Text(u.Committed), Tail: u.Tail,
		Language: u.Language, Behind: thousandths(u.Behind),
	}
	for _, w := range u.Committed {
		line.Words = append(line.Words, fileWord{w.Text, thousandths(w.Start), thousandths(w.End), w.Probability})
	}
	s.words = append(s.words, u.Committed...)
	if u.Sentence && len(s.words) > 0 {
		s.cues++
		line.Cue = &subtitleCue{
			ID: s.cues, Text: live.Text(s.words), Start: thousandths(s.words[0].Start), End: thousandths(s.words[len(s.words)-1].End),
		}
		s.words = nil
		s.translate(ctx, line.Cue, u.Language)
	}
	return s.out.Encode(line)
}

// thousandths are seconds, to the millisecond.
func thousandths(d time.Duration) float64 { return float64(d.Milliseconds()) / 1000 }

// translate adds what can be translated. A sentence that cannot stays in its
// own language, and the subtitles go on.
func (s *subtitler) translate(ctx context.Context, cue *subtitleCue, from string) {
	for _, to := range s.to {
		if to == from {
			continue
		}
		text, err := s.translator.Translate(ctx, cue.Text, from, to)
		if err != nil {
			s.log.Warn("a sentence was not translated", "cue", cue.ID, "from", from, "to", to, "err", err)
			continue
		}
		if cue.Translations == nil {
			cue.Translations = map[string]string{}
		}
		cue.Translations[to] = text
	}
}
