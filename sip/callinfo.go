package sip

import "net/url"

// callInfoName is the header with a page about a call (RFC 3261 section 20.9).
const callInfoName = "Call-Info"

// caller is the name of the leg of who is served: they get no page about themselves.
const caller = "caller"

// callInfo is the header's value for the people whom a call is handed to: the
// page that shows what was said so far. id is what User-to-User carries.
func (o Options) callInfo(id string) string {
	if o.CallPage == "" || id == "" {
		return ""
	}
	u, err := url.Parse(o.CallPage)
	if err != nil {
		return ""
	}
	q := u.Query()
	q.Set("call", id)
	u.RawQuery = q.Encode()
	return "<" + u.String() + ">;purpose=info"
}
