package web

import (
	"github.com/amtsleitung/amtsleitung/meeting"
	"github.com/amtsleitung/amtsleitung/web/session"
)

// Meetings serves /rooms, /s and /api/v1/rooms.
type Meetings struct {
	Hall *meeting.Hall
	// Create is the role of those who may open meetings; "": whoever reaches the page.
	Create session.Role
	// Number of the telephone for meetings; "" is none.
	Number string
}

// meetings are the pages and the interface of meetings.
type meetings struct {
	*Server
	Meetings
}

func (s *Server) meetingRoutes() error {
	m := &meetings{Server: s, Meetings: *s.options.Meetings}
	for _, routes := range []func() error{m.viewerRoutes, m.organiserRoutes, m.minutesRoutes} {
		if err := routes(); err != nil {
			return err
		}
	}
	return nil
}
