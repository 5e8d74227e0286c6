//go:build !race

package audiofile

const raced = false
