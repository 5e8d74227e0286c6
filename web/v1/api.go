// Package v1 lets other programs of the city use the local engines through
// OpenAI's interface: uploads with audio, or texts, and a key flow in;
// transcripts, English translations and speech flow out, streamed where the
// client asks for it. Nothing of the audio or the text is kept or logged.
package v1

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/recording"
	"github.com/amtsleitung/amtsleitung/stt"
	"github.com/amtsleitung/amtsleitung/stt/live"
	"github.com/amtsleitung/amtsleitung/tts"
)

// Speaker speaks whole texts; *tts.Speaker is one.
type Speaker interface {
	Speak(ctx context.Context, text, language string, rate float64, to media.Sink) ([]tts.Spoken, error)
}

// Options of an API. What is nil is not offered.
type Options struct {
	// Recognizer hears, in windows that Voice finds; it gets Offline priority.
	Recognizer stt.Recognizer
	// Voice makes voice activity detection for one recording, and what frees it.
	Voice func() (live.Voice, func(), error)
	// Languages are detected among where a request names none; empty: all
	// that Whisper knows.
	Languages []string

	Speaker Speaker
	// Voices are further speakers by the name that a request may give.
	Voices map[string]Speaker
	// Language guesses the language of a text, "" if it cannot; nil guesses by
	// the script alone.
	Language func(text string) string
	// SpokenLanguage is for texts whose language nobody knows; "" is de.
	SpokenLanguage string

	Keys []Key
	// Loopback lets programs on this machine in without a key, while there are no keys.
	Loopback bool

	MaxUpload int           // bytes of one request; 0 is 32 MB
	MaxMemory int           // bytes of all uploads at a time; 0 is four of them
	MaxAudio  time.Duration // of one recording; 0 is 2 h
	// Speaking is how many texts are spoken at a time, others wait; 0 is 2.
	Speaking int
	Now      func() time.Time
	Log      *slog.Logger
}

// Defaults of Options.
const (
	defaultUpload   = 32 << 20
	defaultMemory   = 4 // uploads
	defaultAudio    = 2 * time.Hour
	defaultSpeaking = 2
)

// API serves the routes below /v1.
type API struct {
	options     Options
	stopping    <-chan struct{}
	transcriber *recording.Transcriber // nil: nothing is recognised
	clients     *clients
	uploads     *uploads
	speaking    chan struct{} // one place for each text that is being spoken
}

// New makes the API; it starts nothing. Work in progress ends when stopping is closed.
func New(o Options, stopping <-chan struct{}) *API {
	if o.MaxUpload == 0 {
		o.MaxUpload = defaultUpload
	}
	if o.MaxMemory == 0 {
		o.MaxMemory = defaultMemory * o.MaxUpload
	}
	if o.MaxAudio == 0 {
		o.MaxAudio = defaultAudio
	}
	if o.Speaking == 0 {
		o.Speaking = defaultSpeaking
	}
	if o.SpokenLanguage == "" {
		o.SpokenLanguage = "de"
	}
	if len(o.Languages) == 0 {
		o.Languages = languageCodes()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	a := &API{
		options: o, stopping: stopping, clients: newClients(o.Keys, o.Loopback, o.Now),
		uploads: newUploads(o.MaxUpload, o.MaxMemory, o.Now), speaking: make(chan struct{}, o.Speaking),
	}
	if o.Recognizer != nil && o.Voice != nil {
		a.transcriber = &recording.Transcriber{Recognizer: o.Recognizer, Voice: o.Voice}
	}
	return a
}

// Mount adds the routes below /v1 to an application. Its server then takes
// larger bodies there, from those who have a key, and leaves all of them in memory.
func (a *API) Mount(app *fiber.App) {
	routes := fiber.New(fiber.Config{ErrorHandler: a.fail})
	routes.Use(a.admit)
	routes.Get("/models", a.models)
	routes.Get("/models/:model", a.model)
	routes.Post("/audio/transcriptions", a.work(a.transcriptions))
	routes.Post("/audio/translations", a.work(a.translations))
	routes.Post("/audio/speech", a.work(a.speech))
	app.Mount(prefix, routes)
	server := app.Server()
	server.HeaderReceived = a.bounds
	server.ErrorHandler = a.refuseChunks(server.ErrorHandler)
	server.DisablePreParseMultipartForm = true // it would write large files to the disk
}

const (
	prefix = "/v1"
	// uploadTime is for a whole body on a slow line.
	uploadTime = 5 * time.Minute
)

// bounds decides how large a body may be before any of it is read.
func (a *API) bounds(h *fasthttp.RequestHeader) fasthttp.RequestConfig {
	if !h.IsPost() || !strings.HasPrefix(string(h.RequestURI()), prefix+"/audio/tra") {
		return fasthttp.RequestConfig{}
	}
	if a.clients.local == nil && a.clients.find(string(h.Peek(fiber.HeaderAuthorization))) == nil {
		return fasthttp.RequestConfig{}
	}
	if !a.uploads.begin(h, h.ContentLength()) {
		return fasthttp.RequestConfig{}
	}
	return fasthttp.RequestConfig{ReadTimeout: uploadTime, MaxRequestBodySize: a.options.MaxUpload}
}
