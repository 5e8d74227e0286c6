package easy

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

const (
	maxAnswer = 256 << 10 // bytes
	maxTokens = 1500
)

type message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

// completion is the part of the server's answer that is used.
type completion struct {
	Choices []struct {
		Message message `json:"message"`
		Finish  string  `json:"finish_reason"`
	} `json:"choices"`
}

// ask sends a talk and returns the answer's text.
func (w *Writer) ask(ctx context.Context, talk []message) (string, error) {
	body, err := json.Marshal(map[string]any{"model": w.Model, "temperature": 0, "max_tokens": maxTokens, "messages": talk})
	if err != nil {
		return "", err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimRight(w.URL, "/")+"/chat/completions", bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/json")
	if w.Key != "" {
		req.Header.Set("Authorization", "Bearer "+w.Key)
	}
	resp, err := w.client().Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return "", err
	}
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("status %s", resp.Status) // the body may repeat what was sent
	}
	return read(data)
}

func read(data []byte) (string, error) {
	var answer completion
	if err := json.Unmarshal(data, &answer); err != nil {
		return "", fmt.Errorf("answer is no JSON of a chat: %w", err)
	}
	switch {
	case len(answer.Choices) == 0:
		return "", errors.New("answer has no choice")
	case answer.Choices[0].Finish == "length":
		return "", errors.New("answer broke off")
	}
	return answer.Choices[0].Message.Content, nil
}

// client follows no redirections: the key is for one server.
func (w *Writer) client() *http.Client {
	if w.Client != nil {
		return w.Client
	}
	return &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}
