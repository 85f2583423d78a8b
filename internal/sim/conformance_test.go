package sim

import (
	"testing"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/env/fstest"
)

func TestFileSystemConforms(t *testing.T) {
	for _, profile := range Profiles {
		t.Run(profile.String(), func(t *testing.T) {
			fstest.Test(t, func(testing.TB) (env.FS, string) {
				return NewWorld(Options{Disk: NewDisk(profile)}).Files(), "/"
			})
		})
	}
}
