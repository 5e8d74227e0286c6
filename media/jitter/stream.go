package jitter

// Limits of RFC 3550 appendix A.1, in packets.
const (
	maxDropout  = 3000
	maxMisorder = 100
)

// maxSkew is how far timestamps and the clock on the wall may drift apart
// between two packets (2 s at 8000 Hz) before the timestamps have a new base;
// an eager reader waits for as much as the buffer then holds.
const (
	maxSkew   = 16000
	eagerSkew = 5 * maxSkew / 2
)

// stream maps 16-bit sequence numbers and 32-bit timestamps of changing
// sources onto one endless line, so that the buffer never has to be emptied.
type stream struct {
	started   bool
	skew      int64 // maxSkew or eagerSkew
	restarted bool  // the last packet began a new base

	ssrc    uint32
	seq     uint16 // of the newest packet
	stamp   uint32
	suspect int32 // sequence number that would confirm a jump, or -1

	extSeq  int64
	extAt   int64
	ticks   int
	arrival int64
}

// place returns the endless sequence number and time of a packet. ok is false
// for a packet that contradicts its neighbours: one far off in sequence waits
// for a second one to confirm it, a late one with a wild timestamp is dropped.
func (s *stream) place(p Packet, arrival int64) (seq, at int64, ok bool) {
	s.restarted = false
	if !s.started {
		// Far enough from zero that late packets stay positive.
		s.started, s.extSeq, s.extAt, s.suspect = true, slots, int64(maxSkew)*slots, -1
		s.remember(p, arrival)
		return s.extSeq, s.extAt, true
	}
	if p.SSRC != s.ssrc {
		return s.restart(p, arrival)
	}
	step := int(int16(p.Seq - s.seq))
	if step > maxDropout || step < -maxMisorder {
		if s.suspect != int32(p.Seq) {
			s.suspect = int32(p.Seq + 1)
			return 0, 0, false
		}
		return s.restart(p, arrival)
	}
	s.suspect = -1
	seq, at = s.extSeq+int64(step), s.extAt+int64(int32(p.Timestamp-s.stamp))
	switch {
	case p.Kind != Audio && step <= 0:
		return seq, s.extAt, true
	case p.Kind != Audio:
		s.seq, s.extSeq = p.Seq, seq
		return seq, s.extAt, true
	case step <= 0:
		return seq, at, at <= s.extAt && at > s.extAt-2*maxSkew
	}
	if skew := at - s.extAt - (arrival - s.arrival); at < s.extAt || skew > maxSkew || skew < -s.skew {
		at = s.follow(arrival)
		s.restarted = true
	}
	s.extSeq, s.extAt = seq, at
	s.remember(p, arrival)
	return seq, at, true
}

// restart puts a packet of a new base right after what came before.
func (s *stream) restart(p Packet, arrival int64) (seq, at int64, ok bool) {
	s.restarted, s.suspect = true, -1
	s.extSeq, s.extAt = s.extSeq+1, s.follow(arrival)
	s.remember(p, arrival)
	return s.extSeq, s.extAt, true
}

// follow is the time after the newest audio, at least as far as the wall clock went on.
func (s *stream) follow(arrival int64) int64 {
	return s.extAt + max(int64(s.ticks), arrival-s.arrival)
}

func (s *stream) remember(p Packet, arrival int64) {
	s.ssrc, s.seq, s.stamp, s.ticks, s.arrival = p.SSRC, p.Seq, p.Timestamp, p.Ticks, arrival
}
