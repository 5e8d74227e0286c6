package delivery

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"math/big"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/desk"
)

// post is a real mail server on loopback.
type post struct {
	port  int
	trust *x509.CertPool
	err   error // answered to the text of a message

	mu   sync.Mutex
	got  []letter
	user string
}

type letter struct {
	from string
	to   []string
	data []byte
	tls  bool
}

const mailPassword = "ein Kennwort"

func newPost(t *testing.T, implicit bool) *post {
	t.Helper()
	p := &post{}
	cert := p.certificate(t)
	s := smtp.NewServer(p)
	s.Domain, s.TLSConfig = "mail.test", &tls.Config{Certificates: []tls.Certificate{cert}}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p.port = ln.Addr().(*net.TCPAddr).Port
	if implicit {
		ln = tls.NewListener(ln, s.TLSConfig)
	}
	done := make(chan error, 1)
	go func() { done <- s.Serve(ln) }()
	t.Cleanup(func() {
		require.NoError(t, s.Close())
		<-done
	})
	return p
}

func (p *post) certificate(t *testing.T) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail.test"}, NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	require.NoError(t, err)
	parsed, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	p.trust = x509.NewCertPool()
	p.trust.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func (p *post) NewSession(c *smtp.Conn) (smtp.Session, error) { return &mailing{post: p, conn: c}, nil }

// mailing is one connection.
type mailing struct {
	post   *post
	conn   *smtp.Conn
	letter letter
}

func (m *mailing) AuthMechanisms() []string { return []string{sasl.Plain} }

func (m *mailing) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if password != mailPassword {
			return smtp.ErrAuthFailed
		}
		m.post.mu.Lock()
		defer m.post.mu.Unlock()
		m.post.user = user
		return nil
	}), nil
}

func (m *mailing) Mail(from string, _ *smtp.MailOptions) error {
	_, encrypted := m.conn.TLSConnectionState()
	m.letter = letter{from: from, tls: encrypted}
	return nil
}

func (m *mailing) Rcpt(to string, _ *smtp.RcptOptions) error {
	m.letter.to = append(m.letter.to, to)
	return nil
}

func (m *mailing) Data(r io.Reader) (err error) {
	if m.letter.data, err = io.ReadAll(r); err != nil {
		return err
	}
	if m.post.err != nil {
		return m.post.err
	}
	m.post.mu.Lock()
	defer m.post.mu.Unlock()
	m.post.got = append(m.post.got, m.letter)
	return nil
}

func (m *mailing) Reset()        {}
func (m *mailing) Logout() error { return nil }

func (p *post) email(security, user, password string) *Email {
	kinds, err := desk.LoadKinds()
	if err != nil {
		panic(err) // the file is part of the program
	}
	return &Email{Title: "post", To: []string{"anliegen@stadt.example", "vertretung@stadt.example"}, Location: time.FixedZone("MEZ", 3600), Page: "https://bot.stadt.example/admin/anliegen",
		SMTP: SMTP{Host: "127.0.0.1", Port: p.port, Security: security, User: user, Password: password, From: "Bürgertelefon <bot@stadt.example>", TLS: &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: p.trust}},
		Names: desk.Names{Kinds: kinds, City: "Musterstadt", Forms: map[string]map[string]string{"defect": {"de": "Mangel melden"}}, Departments: map[string]map[string]string{"tiefbauamt": {"de": "Tiefbauamt"}},
			Slots: map[string]map[string]string{"defect/kind": {"de": "die Art des Schadens"}}, Choices: map[string]map[string]string{"defect/kind/lamp": {"de": "eine Laterne"}}}}
}

func TestEmailArrives(t *testing.T) {
	for name, tc := range map[string]struct {
		implicit       bool
		security, user string
		encrypted      bool
	}{
		"STARTTLS and signed in": {security: STARTTLS, user: "bot", encrypted: true},
		"default":                {encrypted: true},
		"TLS":                    {implicit: true, security: TLS, user: "bot", encrypted: true},
		"plain":                  {security: Plain},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPost(t, tc.implicit)
			require.NoError(t, p.email(tc.security, tc.user, mailPassword).Deliver(t.Context(), message))
			require.Len(t, p.got, 1)
			require.Equal(t, tc.encrypted, p.got[0].tls)
			require.Equal(t, tc.user, p.user)
			require.Equal(t, "bot@stadt.example", p.got[0].from)
			require.Equal(t, []string{"anliegen@stadt.example", "vertretung@stadt.example"}, p.got[0].to)
		})
	}
}

func TestEmailText(t *testing.T) {
	p := newPost(t, false)
	require.NoError(t, p.email(STARTTLS, "bot", mailPassword).Deliver(t.Context(), message))
	m, err := mail.ReadMessage(bytes.NewReader(p.got[0].data))
	require.NoError(t, err)
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	require.NoError(t, err)
	require.Equal(t, "Anliegen 327-00001: Mangel melden", subject)
	require.Equal(t, "<KEY1@stadt.example>", m.Header.Get("Message-ID"))
	require.Equal(t, "auto-generated", m.Header.Get("Auto-Submitted"))
	require.Empty(t, m.Header.Get("Bcc"), "what callers say is no header")
	require.Equal(t, "quoted-printable", m.Header.Get("Content-Transfer-Encoding"))
	text, err := io.ReadAll(quotedprintable.NewReader(m.Body))
	require.NoError(t, err)
	for _, want := range []string{
		"Bürgertelefon Musterstadt", "Aktenzeichen:     327-00001", "Zuständig:        Tiefbauamt", "Aufgenommen:      23.11.2026, 10:00 Uhr", "Antwort bis:      25.11.2026, 14:00 Uhr",
		"- Die Art des Schadens: eine Laterne (bir sokak lambası)", "- Straße: Lindenstrase – steht nicht im Straßenverzeichnis", "- Tag: 01.12.2026\n",
		"- Beschreibung: Laterne Bcc: evil@example.com . MAIL FROM:<x>", "https://bot.stadt.example/admin/anliegen/327-00001",
	} {
		require.Contains(t, strings.ReplaceAll(string(text), "\r\n", "\n"), want)
	}
}

func TestEmailRefusals(t *testing.T) {
	p := newPost(t, false)
	e := p.email(STARTTLS, "bot", mailPassword)
	e.SMTP.TLS = nil // the system does not know this authority
	require.Error(t, e.Deliver(t.Context(), message))
	require.Empty(t, p.got, "nothing is said to a stranger")

	require.Error(t, p.email(STARTTLS, "bot", "wrong").Deliver(t.Context(), message))
	require.Empty(t, p.got)

	p.err = &smtp.SMTPError{Code: 554, Message: "spam: Laterne aus"}
	err := p.email(STARTTLS, "", "").Deliver(t.Context(), message)
	require.ErrorIs(t, err, ErrRefused)
	require.EqualError(t, err, "refused: the mail server answered 554")

	p.err = &smtp.SMTPError{Code: 451, Message: "greylisted Laterne"}
	err = p.email(STARTTLS, "", "").Deliver(t.Context(), message)
	require.NotErrorIs(t, err, ErrRefused)
	require.EqualError(t, err, "the mail server answered 451")
}

// TestSTARTTLSIsNotOptional meets a server that does not offer it, as somebody
// on the way may make it look.
func TestSTARTTLSIsNotOptional(t *testing.T) {
	p := &post{}
	p.certificate(t)
	s := smtp.NewServer(p)
	s.Domain = "mail.test"
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p.port = ln.Addr().(*net.TCPAddr).Port
	done := make(chan error, 1)
	go func() { done <- s.Serve(ln) }()
	defer func() {
		require.NoError(t, s.Close())
		<-done
	}()
	require.Error(t, p.email(STARTTLS, "", "").Deliver(t.Context(), message))
	require.Empty(t, p.got)
}
