package dtmf

// Sender makes the payloads of one digit after the other: one packet per
// 20 ms with growing duration, the last one three times (RFC 4733 section 2.5.1.4).
type Sender struct {
	event   Event
	left    int // packets until the end
	repeats int // of the end still to send
	gap     int // packets of silence still to keep
	first   bool
}

const (
	step       = 160 // RTP ticks of 20 ms at 8000 Hz
	pressed    = 5   // packets: 100 ms
	endRepeats = 3
	pause      = 3  // 60 ms between digits
	volume     = 10 // -10 dBm0
)

// Start begins a digit; the caller waits until Idle.
func (s *Sender) Start(digit rune) error {
	code, err := Code(digit)
	if err != nil {
		return err
	}
	*s = Sender{event: Event{Code: code, Volume: volume}, left: pressed, repeats: endRepeats, gap: pause, first: true}
	return nil
}

// Idle says whether the next digit may start.
func (s *Sender) Idle() bool { return s.left == 0 && s.repeats == 0 && s.gap == 0 }

// Next appends the payload to send in these 20 ms. All packets of a digit
// carry the timestamp of the first (start is true there, with the marker
// bit). sends is false in the pause after a digit.
func (s *Sender) Next(dst []byte) (payload []byte, start, sends bool) {
	switch {
	case s.left > 0:
		s.left--
		s.event.Duration += step
	case s.repeats == 0:
		s.gap = max(0, s.gap-1)
		return dst, false, false
	}
	start, s.first = s.first, false
	if s.left == 0 {
		s.event.End = true
		s.repeats--
	}
	return s.event.Append(dst), start, true
}
