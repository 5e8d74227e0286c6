package mirror

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

var errNotFound = errors.New("not found")

const (
	// The collections are tried in this order; the second is that of older mirrors.
	collection      = "translations-models-v2"
	olderCollection = "translations-models"

	mostMetadata   = 32 << 20 // bytes of an answer; the real collection has about 1 MB
	mostPages      = 50
	headerTimeout  = 20 * time.Second
	connectTimeout = 10 * time.Second
)

// newClient uses the proxies of the environment and never falls back from
// HTTPS to HTTP.
func newClient() *http.Client {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.Proxy = http.ProxyFromEnvironment
	t.DialContext = (&net.Dialer{Timeout: connectTimeout}).DialContext
	t.TLSHandshakeTimeout = connectTimeout
	t.ResponseHeaderTimeout = headerTimeout
	return &http.Client{Transport: t, CheckRedirect: func(r *http.Request, via []*http.Request) error {
		if len(via) >= 5 {
			return errors.New("too many redirections")
		}
		if via[0].URL.Scheme == "https" && r.URL.Scheme != "https" {
			return fmt.Errorf("redirection from https to %s is refused", r.URL.Scheme)
		}
		return nil
	}}
}

// root is the server's address without the version of the interface.
func root(address string) (string, error) {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return "", fmt.Errorf("mirror %q is no address; write it as https://mirror.example.org", address)
	}
	u.RawQuery, u.Fragment = "", ""
	return strings.TrimSuffix(strings.TrimRight(u.String(), "/"), "/v1"), nil
}

// catalogue asks the mirror what it has.
func (f Fetcher) catalogue(ctx context.Context) (catalogue, error) {
	base, err := root(f.Address)
	if err != nil {
		return catalogue{}, err
	}
	for _, name := range []string{collection, olderCollection} {
		source := base + "/v1/buckets/main/collections/" + name
		list, err := f.records(ctx, source)
		if errors.Is(err, errNotFound) {
			continue
		}
		if err != nil {
			return catalogue{}, err
		}
		c := catalogue{records: parseRecords(list), source: source}
		if len(c.records) == 0 {
			return catalogue{}, fmt.Errorf("mirror %s lists no translation model; is it complete?", source)
		}
		c.files, err = f.attachments(ctx, base)
		return c, err
	}
	return catalogue{}, fmt.Errorf("mirror %s has no collection %s; is it a Remote Settings server?", base, collection)
}

// records come from `records`, page by page where the server wants it so; some
// mirrors have `changeset` only.
func (f Fetcher) records(ctx context.Context, source string) ([]json.RawMessage, error) {
	var all []json.RawMessage
	address := source + "/records"
	for range mostPages {
		var page struct {
			Data []json.RawMessage `json:"data"`
		}
		next, err := f.getJSON(ctx, address, &page)
		if errors.Is(err, errNotFound) && len(all) == 0 {
			return f.changes(ctx, source)
		}
		if err != nil {
			return nil, err
		}
		all = append(all, page.Data...)
		if next == "" {
			return all, nil
		}
		if !strings.HasPrefix(next, source) {
			return nil, fmt.Errorf("mirror %s sends us on to %s; refused", source, next)
		}
		address = next
	}
	return nil, fmt.Errorf("mirror %s has more than %d pages of records", source, mostPages)
}

func (f Fetcher) changes(ctx context.Context, source string) ([]json.RawMessage, error) {
	var answer struct {
		Changes []json.RawMessage `json:"changes"`
	}
	_, err := f.getJSON(ctx, source+"/changeset?_expected=0", &answer)
	return answer.Changes, err
}

// attachments is the base address of the files, which the server's root tells;
// a mirror of plain files has them below its own address.
func (f Fetcher) attachments(ctx context.Context, base string) (string, error) {
	var answer struct {
		Capabilities struct {
			Attachments struct {
				Base string `json:"base_url"`
			} `json:"attachments"`
		} `json:"capabilities"`
	}
	_, err := f.getJSON(ctx, base+"/v1/", &answer)
	if err != nil && !errors.Is(err, errNotFound) {
		return "", err
	}
	at, err := url.Parse(base + "/")
	if err != nil {
		return "", err
	}
	files, err := at.Parse(answer.Capabilities.Attachments.Base)
	if err != nil || files.Scheme != "http" && files.Scheme != "https" {
		return "", fmt.Errorf("mirror %s names no usable address of its files: %q", base, answer.Capabilities.Attachments.Base)
	}
	if at.Scheme == "https" && files.Scheme != "https" {
		return "", fmt.Errorf("mirror %s keeps its files at %s, without encryption; refused", base, files)
	}
	if files.Host != at.Host {
		f.Progress(fmt.Sprintf("the mirror keeps its files at %s", files.Host))
	}
	return strings.TrimRight(files.String(), "/") + "/", nil
}

// getJSON reads one answer, with the same patience as for files, and gives the
// address of the next page.
func (f Fetcher) getJSON(ctx context.Context, address string, into any) (next string, err error) {
	err = f.retry(ctx, func() error {
		response, err := f.get(ctx, address, 0)
		if err != nil {
			return err
		}
		defer response.Body.Close()
		data, err := io.ReadAll(io.LimitReader(response.Body, mostMetadata+1))
		if err != nil {
			return again(fmt.Errorf("mirror %s: %w", address, err))
		}
		if len(data) > mostMetadata {
			return fmt.Errorf("mirror %s answers with more than %d MB", address, mostMetadata>>20)
		}
		if err := json.Unmarshal(data, into); err != nil {
			return fmt.Errorf("mirror %s does not answer as a Remote Settings server: %w", address, err)
		}
		next = response.Header.Get("Next-Page")
		return nil
	})
	return next, err
}

// get asks for what follows the first bytes. Its errors say whether trying
// again makes sense.
func (f Fetcher) get(ctx context.Context, address string, from int64) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, fmt.Errorf("mirror: %w", err)
	}
	request.Header.Set("User-Agent", "amtsleitung")
	if from > 0 {
		request.Header.Set("Range", fmt.Sprintf("bytes=%d-", from))
	}
	response, err := f.Client.Do(request)
	if err != nil {
		return nil, again(fmt.Errorf("mirror: %w", err))
	}
	switch s := response.StatusCode; {
	case s == http.StatusOK, s == http.StatusPartialContent && from > 0:
		return response, nil
	case s == http.StatusNotFound, s == http.StatusGone:
		err = fmt.Errorf("mirror: %s: %w (%s)", address, errNotFound, response.Status)
	case s == http.StatusRequestedRangeNotSatisfiable && from > 0:
		err = again(errRange)
	case s >= http.StatusInternalServerError, s == http.StatusTooManyRequests, s == http.StatusRequestTimeout:
		err = again(fmt.Errorf("mirror: %s answers %s", address, response.Status))
	default:
		err = fmt.Errorf("mirror: %s answers %s", address, response.Status)
	}
	response.Body.Close()
	return nil, err
}
