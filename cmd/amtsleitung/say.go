package main

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/wav"
	"github.com/amtsleitung/amtsleitung/tts"
)

// maxSpoken bounds what `say` reads: 200,000 characters are over three hours.
const maxSpoken = 200_000

func newSay() *cobra.Command {
	var city cityFlags
	var lang, voiceName, out string
	var play bool
	var rate float64
	cmd := &cobra.Command{
		Use:   "say TEXT",
		Short: "Speak a text into a file or through the sound card",
		Long:  "Speak a text into a file (-o) or through the sound card (--play). TEXT - reads standard input.",
		Args:  arguments(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			text, err := textArgument(cmd.InOrStdin(), args[0])
			if err != nil {
				return err
			}
			if (out == "") == !play {
				return usagef("say: choose one of -o OUT.wav and --play")
			}
			c, err := city.load()
			if err != nil {
				return err
			}
			e := newEngines(c, slog.Default(), nil)
			defer e.Close()
			speaker, err := e.sayer(voiceName)
			if err != nil {
				return err
			}
			speak := func(to media.Sink) error {
				_, err := speaker.Speak(cmd.Context(), text, lang, rate, to)
				return err
			}
			if play {
				return playAloud(cmd.Context(), speak)
			}
			return writeWAV(out, speak)
		},
	}
	city.register(cmd)
	cmd.Flags().StringVar(&lang, "lang", "de", "language of the text")
	cmd.Flags().StringVar(&voiceName, "voice", "", "engine to speak with (pico, espeak, piper, openai); default: the city's choice")
	cmd.Flags().StringVarP(&out, "output", "o", "", "WAV file to write")
	cmd.Flags().BoolVar(&play, "play", false, "play through the sound card")
	cmd.Flags().Float64Var(&rate, "rate", 1, "speed, 0.5 to 2")
	return cmd
}

// textArgument is the argument itself, or standard input for "-".
func textArgument(stdin io.Reader, arg string) (string, error) {
	if arg == "-" {
		data, err := io.ReadAll(io.LimitReader(stdin, 4*maxSpoken))
		if err != nil {
			return "", fmt.Errorf("standard input: %w", err)
		}
		arg = string(data)
	}
	arg = strings.ToValidUTF8(arg, "")
	if n := len([]rune(arg)); n > maxSpoken {
		return "", usagef("say: the text has %d characters; at most %d are spoken at once", n, maxSpoken)
	}
	if strings.TrimSpace(arg) == "" {
		return "", usagef("say: there is no text to speak")
	}
	return arg, nil
}

// sayer speaks with one named engine, or with the city's routes.
func (e *engines) sayer(engine string) (*tts.Speaker, error) {
	if engine == "" {
		return e.speaker()
	}
	e.config.Speech.Engines = map[string][]string{"*": {engine}}
	return e.speaker()
}

// writeWAV writes beside the target and renames, so that nothing half-written is left.
func writeWAV(path string, speak func(media.Sink) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".say-*.wav")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer os.Remove(f.Name())
	defer f.Close()
	w, err := wav.NewWriter(f, media.SampleRate)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := speak(w); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := f.Chmod(0o644); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return os.Rename(f.Name(), path)
}
