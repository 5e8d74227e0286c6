package sip

func (s *Server) setState(state serverState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state = state
	if state == stateClosed && s.inflight == 0 {
		close(s.idle)
	}
}

// enter counts a request being handled; false when the server is closed.
func (s *Server) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state == stateClosed || s.state == stateNew {
		return false
	}
	s.inflight++
	return true
}

// aside runs f apart from any call: what is left of one after it has ended. Run
// waits for it before the sockets close, and ends base before it waits. False,
// and f does not run, when the server is closed.
func (s *Server) aside(f func()) bool {
	if !s.enter() {
		return false
	}
	go func() {
		defer s.leave()
		defer s.guard(s.log, "aside", nil)
		f()
	}()
	return true
}

// enterCall counts an outbound call; false unless the server is serving.
func (s *Server) enterCall() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state != stateServing || !isClosed(s.ready) {
		return false
	}
	s.calls.Add(1)
	return true
}

func (s *Server) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.inflight--; s.inflight == 0 && s.state == stateClosed {
		close(s.idle)
	}
}
