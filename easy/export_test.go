package easy

// Judge judges a draft with placeholders.
func Judge(original, draft string) *Refusal {
	w, err := load()
	if err != nil {
		panic(err)
	}
	return w.judge(original, draft, hide(original))
}

// Hidden is what a model is sent.
func Hidden(text string) string { return hide(text).text }
