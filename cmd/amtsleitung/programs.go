package main

import (
	"crypto/sha256"
	"fmt"
	"os"
	"slices"

	"github.com/amtsleitung/amtsleitung/config"
	"github.com/amtsleitung/amtsleitung/tts"
	"github.com/amtsleitung/amtsleitung/web"
	"github.com/amtsleitung/amtsleitung/web/v1"
)

// programs is the interface to the engines for other software of the city;
// nil: there is none.
func (s *service) programs() (*v1.Options, error) {
	c := s.config.API
	if !c.Enabled {
		return nil, nil
	}
	router, err := s.engines.router()
	if err != nil {
		return nil, err
	}
	lexicon, err := s.engines.lexicon()
	if err != nil {
		return nil, err
	}
	activity, err := s.engines.activity()
	if err != nil {
		return nil, err
	}
	o := &v1.Options{
		// Calls keep what they say again and again; programs' texts are not kept.
		Speaker:    tts.NewSpeaker(router, tts.SpeakerOptions{Lexicon: lexicon}),
		Recognizer: s.bot.Recognizer, Language: s.written, Loopback: s.config.Admin.Demo, Log: s.log,
		Voice: liveVoice(activity),
	}
	for _, name := range s.engineNames() {
		if o.Voices == nil {
			o.Voices = map[string]v1.Speaker{}
		}
		o.Voices[name] = tts.NewSpeaker(router, tts.SpeakerOptions{Lexicon: lexicon, Voice: name + ":"})
	}
	for _, k := range c.Keys {
		key, err := programKey(k)
		if err != nil {
			return nil, err
		}
		o.Keys = append(o.Keys, key)
	}
	return o, nil
}

// written guesses the language of a text; "" if it cannot.
func (s *service) written(text string) string {
	language, _ := s.talk.Resources.Intents.Likely(text, s.config.Languages.Offered...)
	return language
}

// engineNames are the speech engines in use, by which programs choose a voice.
func (s *service) engineNames() []string {
	var out []string
	for _, names := range s.config.Speech.Engines {
		for _, n := range names {
			if !slices.Contains(out, n) {
				out = append(out, n)
			}
		}
	}
	return out
}

func programKey(k config.APIKey) (v1.Key, error) {
	digits := k.SHA256
	if k.KeyEnv != "" {
		secret := os.Getenv(k.KeyEnv)
		if secret == "" {
			return v1.Key{}, fmt.Errorf("api.keys: %s: the environment variable %s is empty", k.Name, k.KeyEnv)
		}
		digits = fmt.Sprintf("%x", sha256.Sum256([]byte(secret)))
	}
	key, err := v1.NewKey(k.Name, digits)
	key.Requests, key.AudioMinutes, key.Concurrent = k.Requests, k.AudioMinutes, k.Concurrent
	return key, err
}

// readAloud reads pages of the city aloud; nil: it does not.
func (s *service) readAloud() *web.ReadAloud {
	if !s.config.API.ReadAloud {
		return nil
	}
	r := &web.ReadAloud{
		Speak: s.bot.Voice.Say, Languages: s.config.Languages.Offered, Sites: s.config.API.Sites,
		// Callers go first: pages wait while half of what the machine can carry is on the line.
		Busy: func() bool { return s.journal.Active() > s.config.Surge.Calls/2 },
	}
	if t := s.engines.renders; t != nil {
		r.Translate, r.Translates = t.Translate, t.Translates
	}
	return r
}
