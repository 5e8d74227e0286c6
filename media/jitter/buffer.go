// Package jitter puts the packets of one RTP stream back in order and in time:
// packets flow in as they arrive, and flow out one after the other as the
// media loop plays them, with losses and silences named. It is pure: the
// arrival time is an argument, and playing time is counted by Next itself.
package jitter

import "time"

// Kind of a packet.
type Kind uint8

// Kinds.
const (
	Audio Kind = iota
	Noise      // comfort noise (RFC 3389): the sender has gone quiet
	Event      // telephone-event (RFC 4733): takes a place in the sequence, no audio
)

// Packet is what the buffer needs to know of an RTP packet. Push copies Payload.
type Packet struct {
	Kind      Kind
	Type      uint8 // payload type, handed through
	SSRC      uint32
	Seq       uint16
	Timestamp uint32
	Ticks     int // length of the audio in RTP ticks
	Payload   []byte
}

// Verdict says what the next stretch of playing time is.
type Verdict uint8

// Verdicts.
const (
	Silent Verdict = iota // the sender says nothing, or nothing has come yet
	Speech                // play the payload
	Lost                  // make something up for Ticks
)

// Item is the next stretch. Payload was appended to Next's dst. Of a Lost
// stretch it is the packet right after it where that has come already: some
// codecs carry what was lost a second time.
type Item struct {
	Verdict Verdict
	Type    uint8
	Ticks   int
	Payload []byte
}

// Stats count packets.
type Stats struct {
	Received  uint64 // taken in, without duplicates and late ones
	Lost      uint64 // skipped in playing, never came in time
	Late      uint64 // came after their turn
	Duplicate uint64
	Restarts  uint64 // changes of SSRC, sequence or timestamp base
}

// Options of a Buffer; the zero value suits telephony.
type Options struct {
	ClockRate int           // RTP ticks per second; default 8000
	Min, Max  time.Duration // of the target delay; default 20 and 200 ms
}

// slots is how many packets fit: 2.5 s of 20 ms, more than any stall that is
// worth playing out late.
const slots = 128

type slot struct {
	full    bool
	kind    Kind
	typ     uint8
	seq     int64
	ticks   int
	at      int64
	came    int64 // by the clock of an eager reader
	payload []byte
}

// Buffer holds one stream. It is not safe for concurrent use.
type Buffer struct {
	rate   int64
	frame  int // ticks of 20 ms, the size of silence and losses
	stream stream
	delay  delay
	stats  Stats

	ring    []slot
	playing bool
	next    int64 // sequence number whose turn it is
	high    int64 // highest sequence number in the ring
	head    int64 // ticks: what is played next
	starved int64 // ticks made up since the buffer ran empty
	quiet   bool  // the sender announced silence
	spurt   bool  // the next audio begins after silence
	calm    int   // frames since the last adjustment
	eager   bool  // read by Take
	clock   int64 // ticks, of an eager reader
	hushed  bool  // Take gave the silence of this frame
}

// New makes a buffer.
func New(o Options) *Buffer {
	if o.ClockRate <= 0 {
		o.ClockRate = 8000
	}
	if o.Min <= 0 {
		o.Min = 20 * time.Millisecond
	}
	if o.Max < o.Min {
		o.Max = max(o.Min, 200*time.Millisecond)
	}
	return &Buffer{rate: int64(o.ClockRate), frame: o.ClockRate / 50, delay: newDelay(o.ClockRate, o.Min, o.Max), stream: stream{skew: maxSkew}, ring: make([]slot, slots)}
}

// Push takes one packet that arrived at now (any steady clock).
func (b *Buffer) Push(p Packet, now time.Duration) {
	arrival := int64(now) * b.rate / int64(time.Second)
	seq, at, ok := b.stream.place(p, arrival)
	if b.stream.restarted {
		b.stats.Restarts++
	}
	if !ok {
		b.stats.Late++
		return
	}
	if !b.playing {
		b.playing, b.next, b.high, b.head = true, seq, seq, at-b.delay.target()
	}
	if !b.fits(p, seq, at) {
		return
	}
	s := b.slot(seq)
	s.full, s.kind, s.typ, s.seq, s.ticks, s.at, s.came = true, p.Kind, p.Type, seq, p.Ticks, at, b.clock
	s.payload = append(s.payload[:0], p.Payload...)
	b.high = max(b.high, seq)
	b.stats.Received++
	if p.Kind == Audio {
		b.delay.observe(arrival-at, at-b.head)
	}
}

// fits says whether the packet is new and in time, and makes room for it.
func (b *Buffer) fits(p Packet, seq, at int64) bool {
	s := b.slot(seq)
	switch {
	case s.seq == seq && s.ticks == p.Ticks && s.at == at && (s.full || seq < b.next):
		b.stats.Duplicate++
		return false
	case seq < b.next, p.Kind == Audio && at+int64(p.Ticks)/2 <= b.head && b.starved == 0 && seq < b.high:
		b.stats.Late++
		return false
	}
	for b.next+int64(len(b.ring)) <= seq {
		b.drop()
	}
	return true
}

func (b *Buffer) slot(seq int64) *slot { return &b.ring[seq%int64(len(b.ring))] }

// drop gives the oldest place up, when more than the ring waits.
func (b *Buffer) drop() {
	s := b.slot(b.next)
	if s.full && s.seq == b.next && s.kind == Audio {
		b.head = s.at + int64(s.ticks)
	}
	s.full = false
	b.stats.Lost++
	b.next++
}

// Next gives what is to be played next and moves on. Each call stands for
// Ticks of playing time.
func (b *Buffer) Next(dst []byte) Item {
	b.passQuiet()
	s := b.first()
	if s == nil {
		return b.starve(dst)
	}
	b.catchUp(s)
	return b.play(dst, s)
}

// play is the next stretch, where s is the next audio.
func (b *Buffer) play(dst []byte, s *slot) Item {
	if gap := s.at - b.head; gap > 0 {
		ticks := min(gap, int64(b.frame))
		b.head += ticks
		if s.seq == b.next {
			return Item{Verdict: Silent, Ticks: int(ticks), Payload: dst}
		}
		item := Item{Verdict: Lost, Type: s.typ, Ticks: int(ticks), Payload: dst}
		if gap == ticks {
			item.Payload = append(dst, s.payload...)
		}
		return item
	}
	b.stats.Lost += uint64(s.seq - b.next)
	b.take(s)
	b.head, b.spurt = s.at+int64(s.ticks), false
	return Item{Verdict: Speech, Type: s.typ, Ticks: s.ticks, Payload: append(dst, s.payload...)}
}

// Waiting says whether audio is still to be played.
func (b *Buffer) Waiting() bool { return b.first() != nil }

// Stats returns the counters.
func (b *Buffer) Stats() Stats { return b.stats }

// Target is the delay the buffer aims at, for the jitter measured.
func (b *Buffer) Target() time.Duration { return b.duration(b.delay.target()) }

// Delay is what packets with the shortest way wait now, smoothed.
func (b *Buffer) Delay() time.Duration { return b.duration(b.delay.current()) }

func (b *Buffer) duration(ticks int64) time.Duration {
	return time.Duration(ticks) * time.Second / time.Duration(b.rate)
}

// passQuiet steps over comfort noise and events whose turn it is.
func (b *Buffer) passQuiet() {
	for {
		s := b.slot(b.next)
		if !s.full || s.seq != b.next || s.kind == Audio {
			return
		}
		b.take(s)
		b.quiet, b.spurt = true, true
	}
}

func (b *Buffer) take(s *slot) {
	s.full = false
	b.next = s.seq + 1
}

// first finds the next audio, or nil. What lies before it is lost or quiet.
func (b *Buffer) first() *slot {
	if !b.playing {
		return nil
	}
	for seq := b.next; seq <= b.high; seq++ {
		if s := b.slot(seq); s.full && s.seq == seq && s.kind == Audio {
			return s
		}
	}
	return nil
}

// starve fills 20 ms without moving on: what comes late can still be played.
func (b *Buffer) starve(dst []byte) Item {
	item := Item{Verdict: Silent, Ticks: b.frame, Payload: dst}
	if !b.playing {
		return item
	}
	b.starved += int64(b.frame)
	if !b.quiet {
		item.Verdict = Lost
	}
	return item
}

// catchUp ends a time of starving. What was made up meanwhile counts for the
// gap before s; after a real silence the delay is set anew.
func (b *Buffer) catchUp(s *slot) {
	if b.starved == 0 && !b.quiet {
		return
	}
	gap := s.at - b.head
	if gap > 3*int64(b.frame) {
		b.spurt = true
	}
	b.head += max(0, min(gap, b.starved))
	if b.spurt {
		b.head = max(b.head, s.at-b.delay.target())
		b.delay.moved(s.at - b.head)
	}
	b.starved, b.quiet = 0, false
}
