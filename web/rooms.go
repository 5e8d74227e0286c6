package web

import (
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/amtsleitung/amtsleitung/meeting"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
	"github.com/amtsleitung/amtsleitung/web/session"
	"github.com/amtsleitung/amtsleitung/web/visitor"
)

// Meetings serves /rooms, /s, /whip and /api/v1/rooms. Hall is needed.
type Meetings struct {
	Hall *meeting.Hall
	// Create is the role of those who may open meetings; "": whoever reaches the page.
	Create session.Role
	// Number of the telephone for meetings; "" is none.
	Number string
	// Address of the pages as people reach them, for links and QR codes; "" is
	// that of the request.
	Address string
	// Known says which languages can be asked for; nil is all.
	Known func(language string) bool
	// Lines carry sound from and to browsers; nil: there is none.
	Lines Lines
	// Ingest takes senders like OBS at /whip; nil: there is no such address.
	Ingest Ingest
	// Secure marks the cookies with keys for HTTPS only: set it behind a TLS proxy.
	Secure bool
	// Temp is the folder for recordings while they are played, as files named
	// recording-*; "" is that of the system.
	Temp string
	// Largest recording in bytes; 0 is 512 MB.
	Largest int64
	// Streams are what one address may follow at once, since those in one house
	// often have the same; 0 is 2,500.
	Streams int
	// PerSource is how many lines for sound one address may have at once; 0 is 200.
	PerSource int
}

// meetings are the pages and the interface of meetings.
type meetings struct {
	*Server
	Meetings
	taken    *takenOver
	files    *files
	lines    *lines
	viewers  *atOnceBy // by source
	arriving *atOnceBy // by meeting
	talking  *atOnceBy // by source
	creates  *quota    // by source
	asks     *quota    // by source
	mark     string    // name of the header that says how long an upload is
}

const (
	usualStreams   = 2500
	usualPerSource = 200
	usualLargest   = 512 << 20
	// roomTime is how long a meeting may take to do as it was told.
	roomTime = 10 * time.Second
)

func (s *Server) meetingRoutes() error {
	m := &meetings{
		Server: s, Meetings: *s.options.Meetings, taken: newTaken(), files: newFiles(), lines: newLines(),
		creates: newQuota(20, 30*time.Second),                // 20 at once, 2 a minute
		asks:    newQuota(usualStreams, 20*time.Millisecond), // a whole house at once, 50 a second
		mark:    newMark(),
	}
	if m.Streams == 0 {
		m.Streams = usualStreams
	}
	if m.PerSource == 0 {
		m.PerSource = usualPerSource
	}
	if m.Largest == 0 {
		m.Largest = usualLargest
	}
	m.viewers, m.arriving = newAtOnceBy(m.Streams), newAtOnceBy(atOnceFiles)
	m.talking = newAtOnceBy(m.PerSource)
	if err := m.sweep(); err != nil {
		return err
	}
	s.meetings = m
	for _, routes := range []func() error{m.viewerRoutes, m.organiserRoutes, m.minutesRoutes} {
		if err := routes(); err != nil {
			return err
		}
	}
	m.roomRoutes()
	m.whipRoutes()
	return nil
}

// roomRoutes are the interface; who may use each is said here.
func (m *meetings) roomRoutes() {
	m.app.Server().HeaderReceived = m.uploading(m.app.Server().HeaderReceived)
	api := m.app.Group("/api/v1/rooms", noStore)
	api.Post("/", m.founders, m.create)
	api.Get("/:code", m.anybody(m.describe))
	api.Post("/:code/enter", m.enter)
	api.Get("/:code/qr.svg", m.anybody(m.qr))
	api.Get("/:code/snapshot", m.anybody(m.snapshot))
	api.Get("/:code/events", m.anybody(m.follow))

	api.Get("/:code/status", m.holder(meeting.Editor, m.status))
	api.Get("/:code/staff", m.holder(meeting.Editor, m.staff))
	api.Get("/:code/lines", m.holder(meeting.Editor, m.passage))
	m.lifeRoutes(api)
	m.inputRoutes(api)
	m.lineRoutes(api)
	api.Post("/:code/cues/:cue", m.holder(meeting.Editor, m.correct))
	api.Post("/:code/release", m.holder(meeting.Editor, m.release))
	api.Get("/:code/export.:format", m.holder(meeting.Speaker, m.giveExport))
	api.Get("/:code/minutes.:format", m.holder(meeting.Speaker, m.giveMinutes))
	api.Get("/:code/comparison", m.holder(meeting.Editor, m.giveComparison))
}

// end tells all that lasts to end; wait returns when it has.
func (m *meetings) end()  { m.taken.end() }
func (m *meetings) wait() { m.taken.wait() }

// within is for one question or order to a meeting.
func within() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), roomTime)
}

// describe says what a viewer may know.
func (m *meetings) describe(c *fiber.Ctx, mt *meeting.Meeting) error {
	ctx, cancel := within()
	defer cancel()
	s, err := mt.Room.Snapshot(ctx, rooms.Original, 0)
	if err != nil {
		return m.refuse(c, err)
	}
	o := mt.Options()
	out := fiber.Map{
		"code": mt.Room.Code(), "title": s.State.Title, "life": s.State.Life, "languages": s.State.Languages, "easy": s.State.Easy,
		"scroll": o.Scroll, "fast": o.Fast, "notice": s.Notice, "channels": mt.Booth.Channels(),
	}
	role, err := m.roleOf(c, mt)
	if err != nil {
		return m.refuse(c, err)
	}
	if role != "" {
		out["role"] = role
	}
	if m.Number != "" {
		out["phone"] = m.phone(mt, role)
	}
	return c.JSON(out)
}

// phone is how to come by telephone; the PIN is for those who have a key.
func (m *meetings) phone(mt *meeting.Meeting, role meeting.Role) fiber.Map {
	p := fiber.Map{"number": m.Number}
	if role != "" {
		p["pin"] = mt.Keys().PIN
	}
	return p
}

// address of the pages as people reach them.
func (m *meetings) address(c *fiber.Ctx) string {
	if m.Address != "" {
		return strings.TrimRight(m.Address, "/")
	}
	return visitor.Of(c).Origin()
}

// links to the pages of a meeting, as far as a role goes; keys travel behind
// "#", which no server and no log ever sees.
func (m *meetings) links(c *fiber.Ctx, mt *meeting.Meeting, role meeting.Role) fiber.Map {
	base, code, keys := m.address(c), mt.Room.Code(), mt.Keys()
	out := fiber.Map{"viewer": base + "/s/" + code}
	if role != meeting.Organiser {
		return out
	}
	page := func(path, key string) string { return base + "/rooms/" + code + path + "#" + url.PathEscape(key) }
	out["organiser"], out["editor"], out["speak"] = page("", keys.Secret), page("/editor", keys.Edit), page("/speak", keys.Speak)
	if m.Ingest != nil {
		out["whip"] = base + whipPath + code
	}
	return out
}
