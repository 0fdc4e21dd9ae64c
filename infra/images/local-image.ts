import { getContainerRuntimeClient, ImageName } from "testcontainers";

/** Whether the engine has the image already. */
export async function imageIsLocal(image: string): Promise<boolean> {
  const client = await getContainerRuntimeClient();
  return await client.image.exists(ImageName.fromString(image));
}
