package rtpio

import "github.com/amtsleitung/amtsleitung/media/jitter"

// drain delivers what the jitter buffer still holds, so that last words are not cut.
func (l *loop) drain() {
	s := l.session
	if l.version == 0 {
		return
	}
	l.in.adjust = func(bool) jitter.Adjustment { return jitter.Keep }
	for {
		s.mu.Lock()
		waiting := s.buffer.Waiting()
		l.sink, l.sinkVersion, l.eager = s.sink, s.sinkVersion, s.eager
		s.mu.Unlock()
		if !waiting && len(l.in.fifo) == 0 {
			return
		}
		l.deliver()
		if !waiting {
			return
		}
	}
}

func (l *loop) bye() {
	s := l.session
	if l.version == 0 {
		return
	}
	s.mu.Lock()
	s.sent, s.octets, s.concealed = l.sent, l.octets, l.in.concealed
	report, err := s.compound(s.now(), true)
	s.mu.Unlock()
	if err == nil {
		l.sendControl(report)
	}
}
