package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSummaryPrintsPackageLinesFailuresAndReasons(t *testing.T) {
	events := `{"Action":"start","Package":"a"}
{"Action":"output","Package":"a","Test":"TestGood","Output":"=== RUN   TestGood\n"}
{"Action":"output","Package":"a","Test":"TestGood","Output":"    a_test.go:1: chatter\n"}
{"Action":"pass","Package":"a","Test":"TestGood"}
{"Action":"output","Package":"a","Test":"TestBad","Output":"    a_test.go:9: not equal\n"}
{"Action":"fail","Package":"a","Test":"TestBad"}
{"Action":"output","Package":"a","Test":"TestSkip","Output":"    a_test.go:5: needs chromium\n"}
{"Action":"output","Package":"a","Test":"TestSkip","Output":"--- SKIP: TestSkip (0.00s)\n"}
{"Action":"skip","Package":"a","Test":"TestSkip"}
{"Action":"output","Package":"a","Output":"FAIL\n"}
{"Action":"output","Package":"a","Output":"FAIL\ta\t0.1s\n"}
{"Action":"fail","Package":"a"}
{"Action":"output","Package":"b","Output":"ok  \tb\t0.2s\n"}
{"Action":"pass","Package":"b"}
{"Action":"output","Package":"c","Output":"?   \tc\t[no test files]\n"}
{"Action":"skip","Package":"c"}
{"ImportPath":"d","Action":"build-output","Output":"d.go:1: undefined: x\n"}
`
	var out strings.Builder
	s := newSummary(&out)
	require.NoError(t, s.read(strings.NewReader(events)))
	s.close()
	require.Equal(t, `    a_test.go:9: not equal
FAIL	a	0.1s
ok  	b	0.2s
d.go:1: undefined: x
skipped 1: needs chromium
1 passed, 1 failed, 1 skipped
`, out.String())
}

func TestSummaryCountsTestsOfADeadPackage(t *testing.T) {
	var out strings.Builder
	s := newSummary(&out)
	s.take(event{Action: "output", Package: "a", Test: "TestHangs", Output: "panic: boom\n"})
	s.take(event{Action: "fail", Package: "a"})
	s.close()
	require.Contains(t, out.String(), "--- unfinished: TestHangs")
	require.Contains(t, out.String(), "0 passed, 1 failed, 0 skipped")
}
