package sip

import (
	"context"
	"net/netip"
	"slices"
	"time"

	"github.com/emiago/sipgo/sip"
)

// dialogKey finds a dialog from our side: Call-ID and our tag.
type dialogKey struct{ callID, tag string }

// dialog is the signalling relationship with one party (RFC 3261 section 12).
// It belongs to the leg's goroutine.
type dialog struct {
	callID    string
	localTag  string
	remoteTag string
	local     sip.FromHeader // us, with tag
	remote    sip.ToHeader   // them, with tag
	target    sip.Uri        // their Contact
	routes    []sip.Uri      // route set, nearest hop first
	contact   sip.ContactHeader
	localSeq  uint32
	remoteSeq uint32
	network   string // "udp", "tcp", "tls"
	source    string // where their last request came from, or where ours went
	updates   bool   // they allow UPDATE
}

func (d *dialog) key() dialogKey { return dialogKey{d.callID, d.localTag} }

// serverDialog is ours for an inbound INVITE; the To tag is already set.
func serverDialog(req *sip.Request, contact sip.ContactHeader) dialog {
	d := dialog{
		callID:    req.CallID().Value(),
		local:     req.To().AsFrom(),
		remote:    req.From().AsTo(),
		contact:   contact,
		remoteSeq: req.CSeq().SeqNo,
		network:   sip.NetworkToLower(req.Transport()),
		source:    req.Source(),
		updates:   allows(req, sip.UPDATE),
	}
	d.localTag, _ = req.To().Params.Get("tag")
	d.remoteTag, _ = req.From().Params.Get("tag")
	d.retarget(req.Contact())
	if d.target.Host == "" {
		d.target = *req.From().Address.Clone()
	}
	for _, h := range req.GetHeaders("record-route") {
		if r, ok := h.(*sip.RecordRouteHeader); ok {
			d.routes = append(d.routes, *r.Address.Clone())
		}
	}
	return d
}

// confirm completes our dialog for an outbound INVITE with the 2xx.
func (d *dialog) confirm(res *sip.Response) {
	d.remoteTag = ""
	if to := res.To(); to != nil {
		d.remoteTag, _ = to.Params.Get("tag")
		d.remote = sip.ToHeader{DisplayName: to.DisplayName, Address: *to.Address.Clone(), Params: to.Params.Clone()}
	}
	d.retarget(res.Contact())
	d.updates = allows(res, sip.UPDATE)
	d.routes = nil
	for _, h := range res.GetHeaders("record-route") {
		if r, ok := h.(*sip.RecordRouteHeader); ok {
			d.routes = append(d.routes, *r.Address.Clone())
		}
	}
	slices.Reverse(d.routes) // RFC 3261 section 12.1.2
}

// retarget follows a new Contact (RFC 3261 section 12.2.1.2).
func (d *dialog) retarget(c *sip.ContactHeader) {
	if c == nil || c.Address.Host == "" || c.Address.Wildcard || !sip.UriIsSIP(c.Address.Scheme) {
		return
	}
	d.target = *c.Address.Clone()
	d.target.Headers = nil
}

// request builds one inside the dialog; ACK takes the number of its INVITE.
func (d *dialog) request(method sip.RequestMethod, seq uint32) *sip.Request {
	if seq == 0 {
		d.localSeq++
		seq = d.localSeq
	}
	req := sip.NewRequest(method, *d.target.Clone())
	for _, r := range d.routes {
		req.AppendHeader(&sip.RouteHeader{Address: *r.Clone()})
	}
	forwards := sip.MaxForwardsHeader(70)
	id := sip.CallIDHeader(d.callID)
	req.AppendHeader(&forwards)
	req.AppendHeader(sip.HeaderClone(&d.local))
	req.AppendHeader(sip.HeaderClone(&d.remote))
	req.AppendHeader(&id)
	req.AppendHeader(&sip.CSeqHeader{SeqNo: seq, MethodName: method})
	switch method {
	case sip.INVITE, sip.UPDATE, sip.REFER: // they refresh the target
		req.AppendHeader(sip.HeaderClone(&d.contact))
	}
	req.SetTransport(upper(d.network))
	req.SetBody(nil)
	return req
}

// next is where requests of the dialog go: over a standing connection back
// to where it came from, else to the first route or the Contact.
func (s *Server) next(ctx context.Context, d *dialog) (netip.AddrPort, error) {
	source, sourceErr := netip.ParseAddrPort(d.source)
	if d.network != "udp" && sourceErr == nil && s.connected(d.network, d.source) {
		return source, nil
	}
	hop := &d.target
	if len(d.routes) > 0 {
		hop = &d.routes[0]
	}
	t := target{}
	if err := t.route(hop); err != nil {
		return source, sourceErr
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	addr, err := t.resolve(ctx)
	if err != nil || len(d.routes) == 0 && natted(addr.Addr(), source.Addr()) {
		return source, sourceErr
	}
	return addr, nil
}

// natted: the Contact names a private address but the peer is a public one.
func natted(contact, source netip.Addr) bool {
	return source.IsValid() && contact.IsPrivate() && !source.IsPrivate() && !source.IsLoopback()
}

func (s *Server) connected(network, addr string) bool {
	c := s.transport.Pool(network).Get(addr)
	if c == nil {
		return false
	}
	_, _ = c.TryClose() // gives the reference of Get back
	return true
}

// send starts a client transaction towards addr.
func (s *Server) send(ctx context.Context, req *sip.Request, addr netip.AddrPort) (*sip.ClientTx, error) {
	if err := s.direct(ctx, req, addr); err != nil {
		return nil, err
	}
	return s.transactions.Request(ctx, req)
}

// write sends an ACK, which has no transaction of its own.
func (s *Server) write(ctx context.Context, req *sip.Request, addr netip.AddrPort) error {
	if err := s.direct(ctx, req, addr); err != nil {
		return err
	}
	return s.transport.WriteMsg(req)
}

// direct sets Via, destination and the socket to send from.
func (s *Server) direct(ctx context.Context, req *sip.Request, addr netip.AddrPort) error {
	network := sip.NetworkToLower(req.Transport())
	local := s.local(network, addr.Addr())
	via := &sip.ViaHeader{
		ProtocolName: "SIP", ProtocolVersion: "2.0", Transport: upper(network),
		Host: local.Addr().String(), Port: int(local.Port()),
	}
	via.Params.Add("branch", sip.GenerateBranchN(16))
	via.Params.Add("rport", "")
	for req.RemoveHeader("Via") {
	}
	req.PrependHeader(via)
	req.SetDestination(addr.String())
	if err := s.ensureConnected(ctx, network, req.Recipient.Host, addr); err != nil {
		return err
	}
	if k := s.socketFor(network, addr.Addr()); k != nil && network == "udp" {
		u := k.addr
		req.Laddr = sip.Addr{IP: u.Addr().AsSlice(), Port: int(u.Port())}
	}
	return nil
}

// final waits for the final response of a transaction.
func final(ctx context.Context, tx *sip.ClientTx) (*sip.Response, error) {
	defer tx.Terminate()
	for {
		select {
		case res := <-tx.Responses():
			if !res.IsProvisional() {
				return res, nil
			}
		case <-tx.Done():
			return nil, tx.Err()
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}
