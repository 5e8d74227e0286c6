package sip

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// refusal is a final response and its headers.
type refusal struct {
	code    int
	headers []string
	why     string
}

func refuse(code int, why string, headers ...string) *refusal {
	return &refusal{code: code, headers: headers, why: why}
}

func (s *Server) refuse(req *sip.Request, tx *sip.ServerTx, r *refusal) {
	s.refused.Add(1)
	s.log.Info("call refused", "code", r.code, "why", r.why, "source", req.Source())
	_ = reply(req, tx, r.code, r.headers...)
}

// retryAfter spreads those who come back over some seconds.
func retryAfter() []string {
	return []string{"Retry-After", strconv.Itoa(5 + rand.IntN(10))}
}

// precheck refuses what needs no resources to be refused.
func (s *Server) precheck(req *sip.Request) *refusal {
	if s.handler == nil {
		return refuse(480, "no handler")
	}
	if len(req.Body()) > 0 && contentType(req) != sdpType {
		return refuse(415, "content type", "Accept", sdpType)
	}
	if a := tokens(req, "accept"); len(a) > 0 && !accepts(a) {
		return refuse(406, "accepts no SDP")
	}
	if _, r := offeredSession(req); r != nil {
		return r
	}
	return s.takeover(req)
}

func fromTag(req *sip.Request) string {
	tag, _ := req.From().Params.Get("tag")
	return tag
}

// localTag is our tag for an INVITE: to be found again by its CANCEL, which
// comes without one (RFC 3261 section 9.2), and not to be guessed by others.
func (s *Server) localTag(req *sip.Request) string {
	h := hmac.New(sha256.New, s.secret[:])
	fmt.Fprintf(h, "%s\x00%s\x00%d", req.CallID().Value(), fromTag(req), req.CSeq().SeqNo)
	return hex.EncodeToString(h.Sum(nil)[:10])
}

// onCancel brings a CANCEL to the leg that is still ringing. It may have
// overtaken its INVITE, or came while that is looked at: within T1 there is a
// leg, or none to be cancelled (RFC 3261 section 9.2).
func (s *Server) onCancel(req *sip.Request, tx *sip.ServerTx) {
	req = req.Clone()
	tag := s.localTag(req)
	req.To().Params.Add("tag", tag)
	l := s.await(dialogKey{req.CallID().Value(), tag}, s.options.T1)
	if l == nil || !l.do(func() { l.onCancel(req, tx) }) {
		_ = reply(req, tx, 481)
	}
}

func accepts(list []string) bool {
	for _, a := range list {
		t, _, _ := strings.Cut(a, ";")
		switch strings.TrimSpace(t) {
		case sdpType, "application/*", "*/*":
			return true
		}
	}
	return false
}

// admit counts the call against the limit. A second copy of the same INVITE
// that a forking proxy sent us is refused (RFC 3261 section 8.2.2.2).
func (s *Server) admit(req *sip.Request) (leave func(), r *refusal) {
	key := strings.Join([]string{
		req.CallID().Value(), fromTag(req), strconv.FormatUint(uint64(req.CSeq().SeqNo), 10), req.Transport(), req.Source(),
	}, "\x00")
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state != stateServing {
		return nil, refuse(503, "shutting down", retryAfter()...)
	}
	if _, ok := s.merged[key]; ok {
		return nil, refuse(482, "merged request")
	}
	if s.busy >= s.options.Limits.Calls {
		return nil, refuse(503, "call limit", retryAfter()...)
	}
	s.busy++
	s.calls.Add(1) // under the lock: drain waits only after the state has changed
	s.merged[key] = struct{}{}
	return func() {
		defer s.calls.Done()
		s.mu.Lock()
		defer s.mu.Unlock()
		s.busy--
		delete(s.merged, key)
	}, nil
}
