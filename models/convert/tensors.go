package convert

import (
	"fmt"
	"strings"

	"github.com/amtsleitung/amtsleitung/models/ctranslate2"
	"github.com/amtsleitung/amtsleitung/models/ggml"
)

// source says where the data of one ggml tensor lie: part of parts equal pieces of a CTranslate2 variable, which
// stacks query, key and value.
type source struct {
	name, variable string
	part, parts    int
}

func (s source) tensor(src *ctranslate2.File) (ggml.Tensor, error) {
	v := src.Variables[s.variable]
	data, err := src.Data(s.variable)
	if err != nil {
		return ggml.Tensor{}, err
	}
	if v.Type != ctranslate2.Float16 || len(v.Dims) == 0 || v.Dims[0]%s.parts != 0 {
		return ggml.Tensor{}, fmt.Errorf("%w: %s is not float16 in %d parts", ctranslate2.ErrFormat, s.variable, s.parts)
	}
	size := len(data) / s.parts
	t := ggml.Tensor{Name: s.name, Type: ggml.F16, Data: data[s.part*size : (s.part+1)*size]}
	t.Dims = append([]int{v.Dims[0] / s.parts}, v.Dims[1:]...)
	if len(t.Dims) == 1 || strings.HasSuffix(s.name, "positional_embedding") {
		t.Type, t.Data = ggml.F32, ggml.Widen(t.Data)
	}
	if strings.HasPrefix(s.name, "encoder.conv") && len(t.Dims) == 1 {
		t.Dims = append(t.Dims, 1) // whisper.cpp adds it to columns
	}
	return t, nil
}

// whisperTensors lists the tensors in the order of OpenAI's base checkpoint, so that the file is the same byte by byte.
func whisperTensors(audioLayers, textLayers int) []source {
	var l list
	l.whole("decoder.positional_embedding", "decoder/position_encodings/encodings")
	l.whole("encoder.positional_embedding", "encoder/position_encodings/encodings")
	l.whole("decoder.token_embedding.weight", "decoder/embeddings/weight")
	for i := range textLayers {
		l.block(fmt.Sprintf("decoder.blocks.%d", i), fmt.Sprintf("decoder/layer_%d", i), true)
	}
	l.norm("decoder.ln", "decoder/layer_norm")
	l.linear("encoder.conv1", "encoder/conv1")
	l.linear("encoder.conv2", "encoder/conv2")
	for i := range audioLayers {
		l.block(fmt.Sprintf("encoder.blocks.%d", i), fmt.Sprintf("encoder/layer_%d", i), false)
	}
	l.norm("encoder.ln_post", "encoder/layer_norm")
	return l
}

type list []source

func (l *list) whole(name, variable string) { *l = append(*l, source{name, variable, 0, 1}) }

func (l *list) linear(name, variable string) {
	l.whole(name+".weight", variable+"/weight")
	l.whole(name+".bias", variable+"/bias")
}

func (l *list) norm(name, variable string) {
	l.whole(name+".weight", variable+"/gamma")
	l.whole(name+".bias", variable+"/beta")
}

// part adds weight and bias of one of several stacked projections. Whisper's keys have no bias; the stack has zeros there.
func (l *list) part(name, variable string, part, parts int) {
	*l = append(*l, source{name + ".weight", variable + "/weight", part, parts})
	if !strings.HasSuffix(name, ".key") {
		*l = append(*l, source{name + ".bias", variable + "/bias", part, parts})
	}
}

func (l *list) block(name, variable string, cross bool) {
	l.norm(name+".mlp_ln", variable+"/ffn/layer_norm")
	l.linear(name+".mlp.0", variable+"/ffn/linear_0")
	l.linear(name+".mlp.2", variable+"/ffn/linear_1")

	self := variable + "/self_attention"
	l.norm(name+".attn_ln", self+"/layer_norm")
	l.part(name+".attn.query", self+"/linear_0", 0, 3)
	l.part(name+".attn.key", self+"/linear_0", 1, 3)
	l.part(name+".attn.value", self+"/linear_0", 2, 3)
	l.linear(name+".attn.out", self+"/linear_1")
	if !cross {
		return
	}
	both := variable + "/attention"
	l.norm(name+".cross_attn_ln", both+"/layer_norm")
	l.linear(name+".cross_attn.query", both+"/linear_0")
	l.part(name+".cross_attn.key", both+"/linear_1", 0, 2)
	l.part(name+".cross_attn.value", both+"/linear_1", 1, 2)
	l.linear(name+".cross_attn.out", both+"/linear_2")
}
