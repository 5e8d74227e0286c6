// Package openai asks any OpenAI-compatible server for embeddings: texts flow
// in, unit vectors flow out.
package openai

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"strings"
	"time"
)

// maxAnswer bounds what is read from the server (bytes).
const maxAnswer = 64 << 20

// Options say where the server is. URL and Model are required.
type Options struct {
	URL   string // base, e.g. "http://127.0.0.1:8000/v1"
	Model string
	Key   string // sent as bearer token when set
	// QueryPrefix and PassagePrefix are put before each text, as models of the
	// E5 family want it ("query: ", "passage: ").
	QueryPrefix   string
	PassagePrefix string
	Timeout       time.Duration // per request; 0 means 30 s
	Client        *http.Client  // nil means a client of its own
}

// Embedder is safe for concurrent use.
type Embedder struct {
	options Options
	client  *http.Client
}

// New checks the options; it does not contact the server.
func New(o Options) (*Embedder, error) {
	if o.URL == "" || o.Model == "" {
		return nil, fmt.Errorf("embeddings endpoint: url and model must be set")
	}
	if o.Timeout == 0 {
		o.Timeout = 30 * time.Second
	}
	client := o.Client
	if client == nil {
		client = &http.Client{}
	}
	return &Embedder{options: o, client: client}, nil
}

// Name tells the model, as part of cache keys and logs.
func (e *Embedder) Name() string { return "openai " + e.options.Model }

// Embed asks for all texts in one request.
func (e *Embedder) Embed(ctx context.Context, texts []string, query bool) ([][]float32, error) {
	if len(texts) == 0 {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, e.options.Timeout)
	defer cancel()
	answer, err := e.ask(ctx, e.prefixed(texts, query))
	if err != nil {
		return nil, fmt.Errorf("embeddings from %s: %w", e.options.URL, err)
	}
	return unitVectors(answer, len(texts))
}

func (e *Embedder) prefixed(texts []string, query bool) []string {
	prefix := e.options.PassagePrefix
	if query {
		prefix = e.options.QueryPrefix
	}
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = prefix + t
	}
	return out
}

// embeddings is the part of the server's answer that is used.
type embeddings struct {
	Data []struct {
		Index     int       `json:"index"`
		Embedding []float32 `json:"embedding"`
	} `json:"data"`
}

func (e *Embedder) ask(ctx context.Context, texts []string) (embeddings, error) {
	var answer embeddings
	body, err := json.Marshal(map[string]any{"model": e.options.Model, "input": texts, "encoding_format": "float"})
	if err != nil {
		return answer, err
	}
	url := strings.TrimRight(e.options.URL, "/") + "/embeddings"
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return answer, err
	}
	req.Header.Set("Content-Type", "application/json")
	if e.options.Key != "" {
		req.Header.Set("Authorization", "Bearer "+e.options.Key)
	}
	resp, err := e.client.Do(req)
	if err != nil {
		return answer, err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return answer, err
	}
	if resp.StatusCode != http.StatusOK {
		return answer, fmt.Errorf("status %s: %.200s", resp.Status, data)
	}
	return answer, json.Unmarshal(data, &answer)
}

// unitVectors puts the answer in the order of the question and normalises it.
func unitVectors(answer embeddings, n int) ([][]float32, error) {
	out := make([][]float32, n)
	width := 0
	for _, d := range answer.Data {
		if d.Index < 0 || d.Index >= n || out[d.Index] != nil || len(d.Embedding) == 0 || (width != 0 && len(d.Embedding) != width) {
			return nil, fmt.Errorf("embeddings: server answered with index %d and %d numbers", d.Index, len(d.Embedding))
		}
		width = len(d.Embedding)
		out[d.Index] = normalise(d.Embedding)
	}
	for i := range out {
		if out[i] == nil {
			return nil, fmt.Errorf("embeddings: server left out text %d of %d", i+1, n)
		}
	}
	return out, nil
}

func normalise(v []float32) []float32 {
	var sum float64
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	if sum == 0 {
		return v
	}
	scale := float32(1 / math.Sqrt(sum))
	for i := range v {
		v[i] *= scale
	}
	return v
}
