package delivery

import (
	"bytes"
	"context"
	"crypto/tls"
	_ "embed"
	"errors"
	"fmt"
	"strings"
	"text/template"
	"time"

	"github.com/wneessen/go-mail"

	"github.com/amtsleitung/amtsleitung/desk"
	"github.com/amtsleitung/amtsleitung/store"
)

//go:embed email.txt
var emailText string

// Security of the connection to the mail server.
const (
	STARTTLS = "starttls" // must be offered
	TLS      = "tls"      // from the first byte, RFC 8314
	Plain    = "none"     // for a relay on the same machine only
)

// SMTP is the mail server. Host and From are needed.
type SMTP struct {
	Host     string
	Port     int    // 0: 587, 465 with tls, 25 with none
	Security string // "": starttls
	User     string // "": without signing in
	Password string
	From     string
	TLS      *tls.Config // nil: the system's certificates
}

// Email sends requests as plain text. Title, To and SMTP are needed.
type Email struct {
	Title    string // the target's name
	To       []string
	SMTP     SMTP
	Names    desk.Names
	Location *time.Location // of the times in the text; nil: local
	Page     string         // address of /admin/anliegen as staff reach it, or ""
}

// Name implements Target.
func (e *Email) Name() string { return e.Title }

// Deliver implements Target. The Message-ID is made of the key, so that a
// repetition after a crash is known as one.
func (e *Email) Deliver(ctx context.Context, m Message) error {
	if m.Call != nil {
		return fmt.Errorf("%w: e-mails tell of requests, not of calls", ErrRefused)
	}
	msg, err := e.message(m)
	if err != nil {
		return err
	}
	c, err := e.client()
	if err != nil {
		return fmt.Errorf("%w: mail server: %w", ErrRefused, err)
	}
	if err := c.DialAndSendWithContext(ctx, msg); err != nil {
		return e.judge(err)
	}
	return nil
}

func (e *Email) message(m Message) (*mail.Msg, error) {
	msg := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if err := errors.Join(msg.From(e.SMTP.From), msg.To(e.To...)); err != nil {
		return nil, fmt.Errorf("%w: an e-mail address of the configuration is wrong", ErrRefused)
	}
	_, domain, _ := strings.Cut(e.SMTP.From, "@")
	msg.SetMessageIDWithValue(m.Key + "@" + strings.Trim(domain, "> "))
	msg.SetDateWithValue(m.Request.Created)
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no out-of-office replies
	msg.SetGenHeader("X-Amtsleitung-Reference", m.Request.Reference)
	// Subjects are shown on lock screens and in lists: no personal data.
	subject := fmt.Sprintf("Anliegen %s: %s", m.Request.Reference, e.Names.Form(m.Request.Form, "de"))
	if m.Event == store.CallbackDue {
		subject = "Fällig: " + subject
	}
	msg.Subject(subject)
	text, err := e.text(m)
	if err != nil {
		return nil, fmt.Errorf("%w: text: %w", ErrRefused, err)
	}
	msg.SetBodyString(mail.TypeTextPlain, text)
	return msg, nil
}

type line struct{ Name, Value string }

// text fills the template.
func (e *Email) text(m Message) (string, error) {
	t, err := template.New("email").Parse(emailText)
	if err != nil {
		return "", err
	}
	loc, r := e.Location, m.Request
	if loc == nil {
		loc = time.Local
	}
	var lines []line
	for _, s := range r.Slots {
		value := e.Names.Value(r.Form, s, "de")
		if heard := e.Names.Heard(r.Form, s, "de"); heard != "" {
			value += " (" + heard + ")"
		}
		if s.Kind == "street" && !s.Listed {
			value += " – steht nicht im Straßenverzeichnis"
		}
		lines = append(lines, line{e.Names.Slot(r.Form, s, "de"), oneLine(value)})
	}
	page := ""
	if e.Page != "" {
		page = strings.TrimRight(e.Page, "/") + "/" + r.Reference
	}
	due := ""
	if !r.Due.IsZero() {
		due = r.Due.In(loc).Format("02.01.2006, 15:04")
	}
	var b bytes.Buffer
	err = t.Execute(&b, map[string]any{
		"Reference": r.Reference, "Form": e.Names.Form(r.Form, "de"), "Department": e.Names.Department(r.Department, "de"),
		"City": e.Names.City, "Created": r.Created.In(loc).Format("02.01.2006, 15:04"), "Due": due,
		"Language": r.Language, "Concern": oneLine(r.Concern), "Lines": lines, "Page": page,
	})
	return b.String(), err
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func (e *Email) client() (*mail.Client, error) {
	s := e.SMTP
	options := []mail.Option{mail.WithTimeout(attemptTime)}
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if s.TLS != nil {
		config = s.TLS.Clone()
	}
	config.ServerName = s.Host
	options = append(options, mail.WithTLSConfig(config))
	port := 587
	switch s.Security {
	case Plain:
		port = 25
		options = append(options, mail.WithTLSPolicy(mail.NoTLS))
	case TLS:
		port = 465
		options = append(options, mail.WithSSL())
	default:
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if s.Port != 0 {
		port = s.Port
	}
	options = append(options, mail.WithPort(port))
	if s.User != "" {
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(s.User), mail.WithPassword(s.Password))
	}
	return mail.NewClient(s.Host, options...)
}

// judge tells refusals from what may pass. Only the code is kept: servers
// repeat addresses and texts in their words.
func (e *Email) judge(err error) error {
	var send *mail.SendError
	if errors.As(err, &send) {
		code := send.ErrorCode()
		if code >= 500 && !send.IsTemp() {
			return fmt.Errorf("%w: the mail server answered %d", ErrRefused, code)
		}
		if code != 0 {
			return fmt.Errorf("the mail server answered %d", code)
		}
	}
	return fmt.Errorf("mail server: %s", reason(err))
}
