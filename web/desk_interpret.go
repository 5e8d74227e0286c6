package web

import (
	"encoding/binary"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// deskRate is that of the sound that is heard again, in samples per second.
const deskRate = 16000

func deskInterpretModes() []string { return []string{"consecutive", "simultaneous"} }

// interpret reads how a call shall be interpreted; what is left out stays.
func (d *deskPages) interpret(w deskWish) (DeskOrder, error) {
	if len(d.Languages) == 0 {
		return DeskOrder{}, errDesk("this service interprets nothing (interpretation.enabled in the configuration)")
	}
	if w.On == nil {
		return DeskOrder{}, errDesk("on must be true or false")
	}
	if w.Mode != "" && !slices.Contains(deskInterpretModes(), w.Mode) {
		return DeskOrder{}, errDesk("mode must be consecutive or simultaneous")
	}
	for _, side := range []struct{ name, language string }{{"caller", w.Caller}, {"person", w.Person}, {"guest", w.Guest}} {
		if err := d.offered(side.name, side.language); err != nil {
			return DeskOrder{}, err
		}
	}
	if *w.On && w.Caller != "" && w.Caller == w.Person {
		return DeskOrder{}, errDesk("caller and person must be different languages")
	}
	if g := w.Original; g != nil && (*g < 0 || *g > 1) {
		return DeskOrder{}, errDesk("original must be between 0 and 1")
	}
	return DeskOrder{Kind: "interpret", On: *w.On, Mode: w.Mode, Caller: w.Caller, Person: w.Person, Guest: w.Guest, Original: w.Original}, nil
}

// offered says whether a language is one of this service; none is left open.
func (d *deskPages) offered(name, language string) error {
	if language == "" || slices.Contains(d.Languages, language) {
		return nil
	}
	return errDesk(name + " must be one of " + strings.Join(d.Languages, ", "))
}

// original is what a party said last, for who has the call in hand or listens
// to it. It is only in memory, and nobody keeps it on the way.
func (d *deskPages) original(c *fiber.Ctx) error {
	c.Set("Cache-Control", "no-store")
	id, leg := param(c, "call"), query(c, "leg")
	segment, err := strconv.Atoi(query(c, "segment"))
	if err != nil || segment < 0 || leg == "" {
		return d.said(c, errDesk("leg and segment must say which words"))
	}
	if err := d.Floor.Hear(d.agent(c), id); err != nil {
		return d.said(c, err)
	}
	if d.Original == nil {
		return d.said(c, errOriginal)
	}
	pcm, ok := d.Original(id, leg, segment)
	if !ok || len(pcm) == 0 {
		return d.said(c, errOriginal)
	}
	c.Set("Content-Type", "audio/wav")
	return c.Send(deskWAV(pcm))
}

// deskWAV is 16 kHz, mono, signed 16 bit; the header is that of the Microsoft
// Multimedia Programming Interface 1.0.
func deskWAV(pcm []int16) []byte {
	const head, sample = 44, 2
	le := binary.LittleEndian
	size := uint32(len(pcm) * sample)
	b := make([]byte, 0, head+int(size))
	b = le.AppendUint32(append(b, "RIFF"...), head-8+size)
	b = le.AppendUint32(append(b, "WAVEfmt "...), 16)
	b = le.AppendUint16(le.AppendUint16(b, 1), 1) // PCM, one channel
	b = le.AppendUint32(le.AppendUint32(b, deskRate), deskRate*sample)
	b = le.AppendUint16(le.AppendUint16(b, sample), 8*sample)
	b = le.AppendUint32(append(b, "data"...), size)
	for _, s := range pcm {
		b = le.AppendUint16(b, uint16(s))
	}
	return b
}
