package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/amtsleitung/amtsleitung/config"
	"github.com/amtsleitung/amtsleitung/desk"
	"github.com/amtsleitung/amtsleitung/desk/delivery"
	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/dialog/form"
	"github.com/amtsleitung/amtsleitung/dialog/slot"
	"github.com/amtsleitung/amtsleitung/knowledge"
	"github.com/amtsleitung/amtsleitung/store"
)

// openDesk prepares what takes requests and what delivers them.
func (s *service) openDesk() error {
	c := s.config.Requests
	forms, err := form.Load(cityFiles(s.config))
	if err != nil {
		return fmt.Errorf("city %s: %w", s.base.City().Name, err)
	}
	hours, err := serviceHours(c.Service)
	if err != nil {
		return err
	}
	if err := s.readSchedule(); err != nil {
		return err
	}
	s.names = requestNames(s.base.City(), forms)
	if s.names.Kinds, err = desk.LoadKinds(); err != nil {
		return err
	}
	targets, err := deliveryTargets(c, s.names, hours.Location)
	if err != nil {
		return err
	}
	s.outbox = delivery.New(delivery.Options{Store: s.store, Targets: targets, Changed: func() { s.desk.Changed() }, Log: s.log})
	s.desk = desk.New(desk.Options{
		Store: s.store, Hours: hours, Promise: c.Promise, Keep: days(c.KeepDays),
		Route: requestRoute(c, forms), Wake: s.outbox.Wake, Erased: s.erased, Log: s.log,
		Events: func(event string) []string { return c.Events[event] }, Notice: c.CallbackNotice,
		KeepCalls: days(s.config.Desk.KeepDays), KeepNumbers: days(s.config.Desk.KeepNumbersDays),
	})
	return nil
}

// requestRoute sends the requests of forms with a delivery to the targets of
// their department; the others stay in the list.
func requestRoute(c config.Requests, forms []*form.Form) func(id, department string) []string {
	listed := map[string]bool{}
	for _, f := range forms {
		listed[f.ID] = f.Delivery == ""
	}
	return func(id, department string) []string {
		if listed[id] {
			return nil
		}
		return c.For(department)
	}
}

func serviceHours(c config.Service) (desk.Hours, error) {
	calendar, err := desk.LoadCalendar()
	if err != nil {
		return desk.Hours{}, err
	}
	h := desk.Hours{Calendar: calendar, Land: c.Land}
	if h.Location, err = time.LoadLocation(c.Timezone); err != nil {
		return h, err
	}
	if h.From, err = config.Clock(c.From); err != nil {
		return h, err
	}
	if h.To, err = config.Clock(c.To); err != nil {
		return h, err
	}
	for _, text := range c.Closed {
		d, err := desk.ParseDay(text)
		if err != nil {
			return h, err
		}
		h.ClosedToo = append(h.ClosedToo, d)
	}
	for _, text := range c.Days {
		for d := time.Sunday; d <= time.Saturday; d++ {
			if strings.HasPrefix(strings.ToLower(d.String()), text) {
				h.Days = append(h.Days, d)
			}
		}
	}
	return h, nil
}

// deliveryTargets are where requests go; without any nothing leaves.
func deliveryTargets(c config.Requests, names desk.Names, loc *time.Location) ([]delivery.Target, error) {
	var out []delivery.Target
	for _, t := range c.Targets {
		if t.Webhook != nil {
			secret, err := t.Webhook.Secret()
			if err != nil {
				return nil, fmt.Errorf("requests: target %s: %w", t.Name, err)
			}
			out = append(out, &delivery.Webhook{Title: t.Name, URL: t.Webhook.URL, Secret: secret, City: names.City})
			continue
		}
		server, err := mailServer(c.SMTP)
		if err != nil {
			return nil, err
		}
		out = append(out, &delivery.Email{Title: t.Name, To: t.Email.To, SMTP: server, Names: names, Location: loc, Page: c.Page})
	}
	return out, nil
}

func mailServer(c config.SMTP) (delivery.SMTP, error) {
	password, err := c.Password()
	if err != nil {
		return delivery.SMTP{}, fmt.Errorf("requests.smtp: %w", err)
	}
	s := delivery.SMTP{Host: c.Host, Port: c.Port, Security: c.Security, User: c.User, Password: password, From: c.From}
	if c.CA == "" {
		return s, nil
	}
	pem, err := os.ReadFile(c.CA)
	if err != nil {
		return s, fmt.Errorf("requests.smtp.ca: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return s, fmt.Errorf("requests.smtp.ca: %s holds no certificate (PEM)", c.CA)
	}
	s.TLS = &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: pool}
	return s, nil
}

// requestNames are what the city calls its departments, forms and values.
func requestNames(city knowledge.City, forms []*form.Form) desk.Names {
	n := desk.Names{
		City: city.Name, Departments: map[string]map[string]string{}, Forms: map[string]map[string]string{},
		Slots: map[string]map[string]string{}, Choices: map[string]map[string]string{},
	}
	for id, d := range city.Departments {
		n.Departments[id] = d.Name
	}
	for _, f := range forms {
		n.Forms[f.ID] = firstTexts(f.Title)
		for _, field := range f.Slots {
			n.Slots[f.ID+"/"+field.Name] = firstTexts(field.Label)
			for _, c := range field.Spec.Choices {
				n.Choices[f.ID+"/"+field.Name+"/"+c.ID] = c.Say
			}
		}
	}
	return n
}

func firstTexts(t form.Texts) map[string]string {
	out := map[string]string{}
	for lang, wordings := range t {
		if len(wordings) > 0 {
			out[lang] = wordings[0]
		}
	}
	return out
}

// unused makes references until one is free: they are short, so that they can
// be spoken, and come again.
func (s *service) unused(reference func() string) func() string {
	return func() string {
		r := reference()
		for range 100 {
			if s.desk.Unused(context.Background(), r) {
				break
			}
			r = reference()
		}
		return r
	}
}

// storedRequest is what the desk keeps of an action of the dialog.
func storedRequest(call string, a dialog.Action) store.Request {
	r := store.Request{Reference: a.Reference, Call: call, Form: a.Form, Department: a.Department, Language: a.Lang, Concern: a.Text}
	for _, v := range a.Slots {
		r.Slots = append(r.Slots, store.RequestSlot{Name: v.Name, Kind: string(v.Kind), Value: v.Value, Spoken: v.Spoken, Listed: v.Listed})
	}
	if len(a.Slots) == 0 && a.Number != "" {
		r.Slots = []store.RequestSlot{{Name: "number", Kind: string(slot.Phone), Value: a.Number, Spoken: a.Number, Listed: true}}
	}
	return r
}

func days(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }

// erased forgets a call that was erased, wherever it is in memory.
func (s *service) erased(call string) {
	s.journal.Erase(call)
	if s.floor != nil {
		s.floor.Erase(call)
	}
}
