// Package llm asks a language model behind an OpenAI-compatible endpoint: a
// talk flows in, the answer's text flows out. What may be asked, and what of an
// answer is believed, is up to who asks.
package llm

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// Message is one part of a talk; Role is "system", "user" or "assistant".
type Message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

// Client asks one model. Address and Model are needed.
type Client struct {
	Address string // of the endpoint, e.g. "http://127.0.0.1:8000/v1/chat/completions"
	Model   string
	Key     string       // sent as bearer token when set
	HTTP    *http.Client // nil is one that follows no redirections: the key is for one server
}

// Limits of one answer.
type Limits struct {
	Tokens int   // that the model may write
	Bytes  int64 // that are read of what the server sends
}

// completion is the part of the server's answer that is used.
type completion struct {
	Choices []struct {
		Message Message `json:"message"`
		Finish  string  `json:"finish_reason"`
	} `json:"choices"`
}

// Ask sends a talk and returns the answer's text. Errors never hold what was
// sent or answered. How long it may take is up to ctx.
func (c Client) Ask(ctx context.Context, talk []Message, most Limits) (string, error) {
	body, err := json.Marshal(map[string]any{"model": c.Model, "temperature": 0, "max_tokens": most.Tokens, "messages": talk})
	if err != nil {
		return "", err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.Address, bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/json")
	if c.Key != "" {
		req.Header.Set("Authorization", "Bearer "+c.Key)
	}
	resp, err := c.http().Do(req)
	if err != nil {
		return "", err
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, most.Bytes))
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		return "", err
	}
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("status %s", resp.Status) // the body may repeat what was sent
	}
	return read(data)
}

func read(data []byte) (string, error) {
	var answer completion
	if json.Unmarshal(data, &answer) != nil {
		return "", errors.New("its answer is no JSON of a chat")
	}
	switch {
	case len(answer.Choices) == 0:
		return "", errors.New("its answer has no choice")
	case answer.Choices[0].Finish == "length":
		return "", errors.New("its answer broke off")
	}
	return answer.Choices[0].Message.Content, nil
}

func (c Client) http() *http.Client {
	if c.HTTP != nil {
		return c.HTTP
	}
	return &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}
