//go:build race

package audiofile

const raced = true
