package models

import (
	"bufio"
	"io"
	"os"

	"github.com/amtsleitung/amtsleitung/models/ggml"
)

func quantizeFile(path string, w io.Writer, to ggml.Type) error {
	in, err := os.Open(path)
	if err != nil {
		return err
	}
	defer in.Close()
	out := bufio.NewWriterSize(w, 1<<20)
	if err := ggml.Quantize(bufio.NewReaderSize(in, 1<<20), out, to); err != nil {
		return err
	}
	return out.Flush()
}
