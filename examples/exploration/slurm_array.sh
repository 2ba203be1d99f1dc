#!/bin/sh
# A sweep as a Slurm array: each task computes a part of the points and stores them in its own database.
#   sbatch --array=1-64 slurm_array.sh SWEEP.yaml
# When all have ended: mho db merge part*.db --db all.db
# A task that was killed, or whose node failed, continues from its last point if it is started again: scontrol requeue, or the same sbatch.
#SBATCH --job-name=mho-sweep
#SBATCH --cpus-per-task=1
#SBATCH --requeue
#SBATCH --open-mode=append
set -eu
parts=$((SLURM_ARRAY_TASK_MAX - SLURM_ARRAY_TASK_MIN + 1))
part=$((SLURM_ARRAY_TASK_ID - SLURM_ARRAY_TASK_MIN + 1))
exec "${MHO:-mho}" sweep "$1" --jobs 1 --shard "$part/$parts" --db "part$part.db"
