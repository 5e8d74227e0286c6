// Package convert turns Whisper weights in CTranslate2's format into whisper.cpp's ggml format: one file in, one out.
package convert

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/amtsleitung/amtsleitung/models/ctranslate2"
	"github.com/amtsleitung/amtsleitung/models/ggml"
)

// Whisper writes the float16 model src to w as whisper.cpp's convert-pt-to-ggml.py would from OpenAI's checkpoint.
// tokens is OpenAI's multilingual.tiktoken, whose order is the order of the token ids.
func Whisper(src *ctranslate2.File, tokens io.Reader, w io.Writer) error {
	if src.Spec != "WhisperSpec" {
		return fmt.Errorf("%w: specification %q is not Whisper", ctranslate2.ErrFormat, src.Spec)
	}
	header, err := whisperHeader(src, tokens)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(w, 1<<20)
	if err := ggml.WriteHeader(out, header); err != nil {
		return err
	}
	for _, s := range whisperTensors(int(header.AudioLayer), int(header.TextLayer)) {
		t, err := s.tensor(src)
		if err != nil {
			return err
		}
		if err := ggml.WriteTensor(out, t); err != nil {
			return err
		}
	}
	return out.Flush()
}

func whisperHeader(src *ctranslate2.File, tokens io.Reader) (ggml.Header, error) {
	audio, text := src.Variables["encoder/position_encodings/encodings"].Dims, src.Variables["decoder/position_encodings/encodings"].Dims
	words, conv := src.Variables["decoder/embeddings/weight"].Dims, src.Variables["encoder/conv1/weight"].Dims
	if len(audio) != 2 || len(text) != 2 || len(words) != 2 || len(conv) != 3 {
		return ggml.Header{}, fmt.Errorf("%w: the embeddings of a Whisper model are missing", ctranslate2.ErrFormat)
	}
	audioHeads, err := readInt16(src, "encoder/num_heads")
	if err != nil {
		return ggml.Header{}, err
	}
	textHeads, err := readInt16(src, "decoder/num_heads")
	if err != nil {
		return ggml.Header{}, err
	}
	list, err := readTokens(tokens)
	if err != nil {
		return ggml.Header{}, err
	}
	return ggml.Header{
		Hyperparameters: ggml.Hyperparameters{
			Vocab:    int32(words[0]),
			AudioCtx: int32(audio[0]), AudioState: int32(audio[1]), AudioHead: audioHeads, AudioLayer: layers(src, "encoder"),
			TextCtx: int32(text[0]), TextState: int32(text[1]), TextHead: textHeads, TextLayer: layers(src, "decoder"),
			Mels: int32(conv[1]), FileType: ggml.FileTypeF16,
		},
		Filters: melFilters(conv[1]),
		Tokens:  list,
	}, nil
}

func layers(src *ctranslate2.File, side string) (n int32) {
	for {
		if _, ok := src.Variables[fmt.Sprintf("%s/layer_%d/ffn/linear_0/weight", side, n)]; !ok {
			return n
		}
		n++
	}
}

func readInt16(src *ctranslate2.File, name string) (int32, error) {
	data, err := src.Data(name)
	if err != nil {
		return 0, err
	}
	if len(data) != 2 {
		return 0, fmt.Errorf("%w: %s is not one i16", ctranslate2.ErrFormat, name)
	}
	return int32(binary.LittleEndian.Uint16(data)), nil
}

// readTokens reads lines of a token in base64 and its rank.
func readTokens(r io.Reader) ([][]byte, error) {
	var tokens [][]byte
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		encoded, _, _ := bytes.Cut(lines.Bytes(), []byte(" "))
		if len(encoded) == 0 {
			continue
		}
		// The last line of OpenAI's file holds "=", the empty token.
		token, err := base64.RawStdEncoding.DecodeString(string(bytes.TrimRight(encoded, "=")))
		if err != nil {
			return nil, fmt.Errorf("token list, line %d: %w", len(tokens)+1, err)
		}
		tokens = append(tokens, token)
	}
	return tokens, lines.Err()
}
