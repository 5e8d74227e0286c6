package call

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/dialog/prompts"
)

// What is said on the way to a person is there in every language, and with
// the values that it is given.
func TestTheWordsAreThere(t *testing.T) {
	library, err := prompts.Load()
	require.NoError(t, err)
	values := map[prompts.Key][]string{
		prompts.WaitPosition: {"position", "3"}, prompts.WaitEstimate: {"minutes", "5"}, prompts.TransferOnward: {"department", "Bürgeramt"},
	}
	clerks := []prompts.Key{prompts.BriefingAccept, prompts.BriefingGone}
	keys := used(t)
	require.Greater(t, len(keys), 10)
	for _, language := range library.Languages() {
		book, _ := library.Book(language)
		for name, key := range keys {
			if language != "de" && language != "en" && (key == clerks[0] || key == clerks[1]) {
				continue
			}
			text := book.Say(key, 0, values[key]...)
			require.NotEmpty(t, text, "%s: %s", language, name)
			require.NotContains(t, text, "{", "%s: %s is not given all it needs", language, name)
		}
	}
}

// used are the prompts that the package names.
func used(t *testing.T) map[string]prompts.Key {
	t.Helper()
	all := map[string]prompts.Key{
		"WaitPosition": prompts.WaitPosition, "WaitNext": prompts.WaitNext, "WaitEstimate": prompts.WaitEstimate,
		"WaitEstimateShort": prompts.WaitEstimateShort, "WaitCallback": prompts.WaitCallback, "WaitStill": prompts.WaitStill,
		"WaitRinging": prompts.WaitRinging, "ConnectedPerson": prompts.ConnectedPerson, "OnHold": prompts.OnHold,
		"BackFromHold": prompts.BackFromHold, "PersonLost": prompts.PersonLost, "PersonLeft": prompts.PersonLeft,
		"ListenNotice": prompts.ListenNotice, "TransferOnward": prompts.TransferOnward,
		"InterpretNotice": prompts.InterpretNotice, "InterpretOn": prompts.InterpretOn, "InterpretOff": prompts.InterpretOff,
		"InterpretBroken": prompts.InterpretBroken,
		"BriefingAccept":  prompts.BriefingAccept, "BriefingGone": prompts.BriefingGone,
	}
	files, err := os.ReadDir(".")
	require.NoError(t, err)
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		source, err := os.ReadFile(f.Name())
		require.NoError(t, err)
		for _, name := range regexp.MustCompile(`prompts\.([A-Z]\w+)`).FindAllStringSubmatch(string(source), -1) {
			if name[1] != "Key" && name[1] != "Written" {
				require.Contains(t, all, name[1], "%s says what this test does not know", f.Name())
			}
		}
	}
	return all
}
